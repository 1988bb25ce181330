"""The demo: the main job on the built-in twin, shown while it happens."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from designer.cli.text.demo import demo_text, live_demo, step_text
from designer.cli.verbs.arguments import Argument, positive_whole
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import DemoAnswer, DemoStep


def _run(service: Service, arguments: Namespace) -> DemoAnswer:
    from designer.service.demo import demo

    if getattr(arguments, "json", False):
        return demo(service, arguments.runs)
    if sys.stdout is not None and sys.stdout.isatty():
        with live_demo(arguments.runs) as show:
            return demo(service, arguments.runs, show)

    def tell(step: DemoStep) -> None:
        sys.stdout.write("".join(f"{line}\n" for line in step_text(step)))
        sys.stdout.flush()

    return demo(service, arguments.runs, tell)


VERBS = (
    Verb(
        "demo",
        "a whole campaign on the built-in pilot-line twin",
        (Argument("--runs", "N", "how many runs (default 16)", type=positive_whole, default=16),),
        _run,
        lambda answer, _service, _arguments: demo_text(answer),
        examples=("demo", "demo --runs 8"),
    ),
)
