"""The demo in words, and as a table that grows while the campaign runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from designer.render.expected import expected
from designer.render.table import item_lines, paragraphs, screen_width
from designer.render.words import number

if TYPE_CHECKING:
    from rich.table import Table

    from designer.campaigns.sheets.run_object import RunObject
    from designer.service.demo import DemoAnswer, DemoStep


def step_text(step: DemoStep) -> list[str]:
    """One step as plain lines: the plan with results against predictions, then what is known."""
    known = f"error {100 * step['relative_error']:.0f} % of the spread; trust {_trust(step)}"
    if step["plan"] is None:
        return [f"Earlier lines only: {known}"]
    plan = step["plan"]
    lines = [
        "",
        f"Plan {plan['plan']}: {plan['information_bits'] or 0.0:.2f} bits for {plan['cost']:g} h",
    ]
    for run in plan["runs"]:
        settings = ", ".join(f"{name} {number(value)}" for name, value in run["used"].items())
        lines.append(f"  {run['run']}  {settings}")
        told = item_lines(_against(run, step["measured"][run["run"]]), screen_width() - 8)
        lines += [f"        {line}" for line in told]
    return [*lines, f"  after {step['runs_made']} runs: {known}"]


def _trust(step: DemoStep) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in step["trust"].items())


def _against(run: RunObject, measured: Mapping[str, float]) -> list[str]:
    """``mass_loading 13.58 (9.3 … 16.9)``: each result, and what was expected."""
    predicted = run["predicted"] or {}
    return [
        f"{name} {number(value)} ({expected(predicted[name])})" for name, value in measured.items()
    ]


def demo_text(answer: DemoAnswer) -> list[str]:
    """What was learned, and how to go on."""
    name = answer["campaign"]
    return [
        "",
        *paragraphs("", answer["summary"]),
        "",
        f"The campaign is kept as {name}. Look at it:",
        f"  designer tui {name}",
        f"  designer status {name}",
        f"  designer show {name}",
        f"  designer propose {name} -n 4",
    ]


@contextmanager
def live_demo(runs: int) -> Iterator[Callable[[DemoStep], None]]:
    """A table on the terminal; what is given adds a step and redraws it.

    Args:
        runs: how many runs will be made.
    """
    from rich.live import Live

    steps: list[DemoStep] = []
    live = Live(demo_table(runs, steps), auto_refresh=False, vertical_overflow="visible")

    def show(step: DemoStep) -> None:
        steps.append(step)
        live.update(demo_table(runs, steps), refresh=True)

    live.start()
    try:
        yield show
    finally:
        live.stop()


def demo_table(runs: int, steps: Sequence[DemoStep]) -> Table:
    """The steps made so far as a rich Table.

    Args:
        runs: how many runs will be made.
        steps: as the demo tells them.
    """
    from rich import box
    from rich.table import Table

    last = steps[-1] if steps else None
    title = f"Pilot-line twin, {last['runs_made'] if last else 0} of {runs} runs"
    caption = "reading three earlier lines …"
    if last:
        caption = f"trust: {_trust(last)} | error in % of each response's spread"
    table = Table(
        title=title, caption=caption, box=box.SIMPLE_HEAD, title_justify="left",
        caption_justify="left", pad_edge=False, padding=(0, 0, 0, 1),
        show_edge=False, collapse_padding=True,
    )  # fmt: skip
    responses = list(last["error"]) if last else []
    table.add_column("run", no_wrap=True)
    table.add_column("recipe", no_wrap=True)
    for name in responses:
        table.add_column(f"{name}\n(predicted)", justify="right", no_wrap=True)
    table.add_column("bits", justify="right", no_wrap=True)
    table.add_column("err", justify="right", no_wrap=True)
    for step in steps:
        _add_rows(table, step, responses)
    return table


def _add_rows(table: Table, step: DemoStep, responses: list[str]) -> None:
    error = f"{100 * step['relative_error']:.0f}%"
    if step["plan"] is None:
        blank = [""] * len(responses)
        table.add_row("–", "no run yet", *blank, "", error, end_section=True)
        return
    runs = step["plan"]["runs"]
    for place, run in enumerate(runs):
        last = place == len(runs) - 1
        recipe = " ".join(number(value) for value in run["used"].values())
        table.add_row(
            run["run"], recipe,
            *(_short_against(run, step["measured"][run["run"]], name) for name in responses),
            f"{run['information_bits']:.2f}", error if last else "", end_section=last,
        )  # fmt: skip


def _short_against(run: RunObject, measured: Mapping[str, float], name: str) -> str:
    """Measured, and the range expected, in digits that leave room for all columns of 80."""
    figures = (run["predicted"] or {})[name]
    return f"{measured[name]:.3g} ({figures['low']:.2g}…{figures['high']:.2g})"
