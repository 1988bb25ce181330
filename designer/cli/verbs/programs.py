"""Verbs for other programs: what shells complete, and the schemas of what goes in and out."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, final

from designer.campaigns.errors import Problem
from designer.campaigns.values.names import suggestion
from designer.cli.errors import UsageError
from designer.cli.verbs.arguments import Argument
from designer.cli.verbs.completion import SHELLS, completion_script
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service


@final
class CompletionAnswer(TypedDict):
    """A script that a shell reads."""

    shell: str
    script: str


def verbs(every: Callable[[], Mapping[str, Verb]]) -> tuple[Verb, ...]:
    """The verbs that tell about all verbs.

    Args:
        every: gives all verbs by name, when one of these is called.
    """

    def completion(_service: Service, arguments: Namespace) -> CompletionAnswer:
        script = completion_script(arguments.shell, every().values())
        return {"shell": arguments.shell, "script": script}

    def schema(_service: Service, arguments: Namespace) -> Mapping[str, Any]:
        from designer.cli.verbs.schemas import all_schemas, schema_of

        name = " ".join(arguments.names)
        known = all_schemas(every().values())
        if name and name not in known:
            allowed, nearest = ", ".join(sorted(known)), suggestion(name, known)
            what = "there is none of that name"
            raise UsageError(Problem("schema", what, name, allowed, nearest))
        return schema_of({name: known[name]} if name else known)

    return (
        Verb(
            "completion",
            "a script that completes command lines in your shell",
            (Argument("shell", None, "your shell", choices=SHELLS),),
            completion,
            lambda answer, _service, _arguments: answer["script"].splitlines(),
            examples=("completion bash > designer-completion.sh",),
        ),
        Verb(
            "schema",
            "JSON Schema of the specification and of every answer",
            (
                Argument(
                    "names",
                    "NAME",
                    "specification, error, run, or a verb such as lines add (default: all)",
                    nargs="*",
                ),
            ),
            schema,
            lambda answer, _service, _arguments: json.dumps(answer, indent=2).splitlines(),
            examples=("schema specification", "schema lines add"),
        ),
    )
