"""From what results say to pictures: parity, progress, control charts, replicates, goals, lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from designer.engine.pictures.answers import (
    Coverage,
    Evidence,
    LineEvidence,
    ParityPoint,
    ResponseFacts,
)
from designer.render.words import with_unit
from designer.tui.drawing.bars import Bar, Bars
from designer.tui.drawing.canvas import Canvas, Palette
from designer.tui.drawing.chart import Chart, Curve, Mark, MarkKind

Draw = Callable[[int, int, Palette], Canvas]

_GOOD: Final = ("helps",)
_BAD: Final = ("hurts",)
_FAR: Final = 3.0  # standard deviations from which a result is marked


@dataclass(frozen=True)
class EvidencePicture:
    """A picture there is something for.

    Attributes:
        name: what it shows, in a word or two.
        draw: draws it.
        by_response: whether it is about one response.
    """

    name: str
    draw: Draw
    by_response: bool = True


def pictures(found: Evidence, response: str) -> list[EvidencePicture]:
    """All pictures of a campaign that have something to show.

    Args:
        found: what results say.
        response: whose, where a picture is about one.
    """
    facts = found["responses"].get(response)
    told: list[EvidencePicture] = []
    if facts is None:
        return told
    points = found["parity"].get(response)
    if points:
        covered = found["coverage"].get(response)
        told.append(EvidencePicture("parity", _parity(response, facts, points, covered)))
    if found["progress"]:
        told.append(EvidencePicture("progress", progress_chart(found).draw, by_response=False))
        told.append(EvidencePicture("typical ±", spread_chart(found, response).draw))
    if found["control"].get(response):
        told.append(EvidencePicture("control chart", control_chart(found, response).draw))
    if found["replicates"].get(response):
        told.append(EvidencePicture("replicates", replicate_chart(found, response).draw))
    if found["pareto"] is not None:
        told.append(EvidencePicture("two goals", goals_chart(found).draw, by_response=False))
    return told


def _window(facts: ResponseFacts) -> tuple[float, float] | None:
    low, high = facts["low"], facts["high"]
    if low is None and high is None:
        return None
    return (float("-inf") if low is None else low, float("inf") if high is None else high)


def parity_chart(
    name: str, facts: ResponseFacts, points: list[ParityPoint], said: str = "without its run"
) -> Chart:
    """What was said of every result beside what was measured."""
    return Chart(
        f"{with_unit(name, facts['unit'])} predicted {said}",
        "measured",
        marks=[
            Mark(
                point["measured"],
                point["predicted"],
                point["low_95"],
                point["high_95"],
                "odd" if _is_odd(point) else "made",
            )
            for point in points
        ],
        diagonal=True,
        log=facts["log"],
    )


def _is_odd(point: ParityPoint) -> bool:
    size = point["standardised"]
    return size is None or abs(size) > _FAR


def coverage_bars(covered: Coverage) -> Bars:
    """How many results lie inside of their intervals, and how many should."""
    n = covered["n"]
    inside = {"50": covered["inside_50"], "80": covered["inside_80"], "95": covered["inside_95"]}
    return Bars(
        f"inside of their intervals: {covered['verdict']}",
        [
            Bar(
                f"{level} %",
                count / n if n else None,
                wanted=int(level) / 100,
                words=f"{count} of {n}",
            )
            for level, count in inside.items()
        ],
    )


def _parity(
    name: str, facts: ResponseFacts, points: list[ParityPoint], covered: Coverage | None
) -> Draw:
    chart = parity_chart(name, facts, points)
    return chart.draw if covered is None else stacked(chart.draw, coverage_bars(covered).draw, 4)


def stacked(above: Draw, below: Draw, rows: int) -> Draw:
    """Two pictures below each other, the lower one of so many rows."""

    def draw(width: int, height: int, palette: Palette) -> Canvas:
        canvas = Canvas(width, height)
        low = min(rows, height // 2)
        canvas.paste(above(width, height - low, palette), 0, 0)
        canvas.paste(below(width, low, palette), 0, height - low)
        return canvas

    return draw


def progress_chart(found: Evidence) -> Chart:
    """Information against cost, with what the open runs promise."""
    made = [(0.0, 0.0), *((point["cost"], point["bits"]) for point in found["progress"])]
    last = made[-1]
    ahead = [last, *((last[0] + p["cost"], last[1] + p["bits"]) for p in found["promised"])]
    return Chart(
        "information [bit], dotted: what open runs promise",
        f"spent [{found['cost_unit']}]",
        marks=[Mark(x, y) for x, y in made[1:]] + [Mark(x, y, kind="open") for x, y in ahead[1:]],
        curves=[Curve(made), *([Curve(ahead, promised=True)] if ahead[1:] else [])],
        zero=True,
    )


def spread_chart(found: Evidence, response: str) -> Chart:
    """The typical ± of a response against cost."""
    unit = found["responses"][response]["unit"]
    points = [
        (point["cost"], point["sd"][response])
        for point in found["progress"]
        if response in point["sd"]
    ]
    return Chart(
        f"typical ± of {with_unit(response, unit)} over all recipes",
        f"spent [{found['cost_unit']}]",
        marks=[Mark(x, y) for x, y in points],
        curves=[Curve(points)],
        zero=True,
    )


def control_chart(found: Evidence, response: str) -> Chart:
    """Results in the order of making against the window and what was expected of each."""
    facts, points = found["responses"][response], found["control"][response]
    marks = []
    for place, point in enumerate(points, start=1):
        kind: MarkKind = "odd" if point["odd"] else "made"
        kind = "failed" if point["status"] == "failed" else kind
        marks.append(Mark(place, point["value"], point["low_95"], point["high_95"], kind))
    return Chart(
        f"{with_unit(response, facts['unit'])}, bars: 95 % expected without the run",
        "runs in the order of making",
        marks=marks,
        window=_window(facts),
        ticks=[(place, point["run"]) for place, point in enumerate(points, start=1)],
    )


def replicate_chart(found: Evidence, response: str) -> Chart:
    """Results of the same recipe beside each other, with ± one sd of a measurement."""
    facts, groups = found["responses"][response], found["replicates"][response]
    noise = found["noise_sd"].get(response, 0.0)
    marks = []
    for place, group in enumerate(groups, start=1):
        for number, value in enumerate(group["values"]):
            first = number == 0
            marks.append(
                Mark(
                    place,
                    value,
                    group["mean"] - noise if first else None,
                    group["mean"] + noise if first else None,
                    "odd" if group["odd"] == number else "made",
                )
            )
    return Chart(
        f"{with_unit(response, facts['unit'])}, bars: ± one sd of the noise",
        "recipes measured more than once, by their first run",
        marks=marks,
        window=_window(facts),
        ticks=[(place, group["runs"][0]) for place, group in enumerate(groups, start=1)],
    )


def goals_chart(found: Evidence) -> Chart:
    """Two goals against each other: runs, and the front of what can be had."""
    told = found["pareto"]
    if told is None:
        return Chart("", "")
    x, y = told["responses"]
    units = {name: found["responses"][name]["unit"] for name in (x, y)}
    front = [
        (point["values"][x], point["values"][y]) for point in told["points"] if point["run"] is None
    ]
    return Chart(
        f"{with_unit(y, units[y])}: {told['goals'][y]}; line: expected front",
        f"{with_unit(x, units[x])}: {told['goals'][x]}",
        marks=[
            Mark(
                point["values"][x],
                point["values"][y],
                point["low_95"][y] if point["run"] is None else None,
                point["high_95"][y] if point["run"] is None else None,
                "front" if point["run"] is None else "best" if point["on_front"] else "made",
            )
            for point in told["points"]
        ],
        curves=[Curve(sorted(front))] if len(front) > 1 else [],
    )


# ---- earlier lines ------------------------------------------------------------------------------


def trust_bars(lines: Mapping[str, LineEvidence]) -> Bars:
    """Trust in every line and each of its responses, with what it does."""
    bars = []
    for name, line in lines.items():
        bars.append(_bar(name, line["trust"], (line["trust_low"], line["trust_high"]),
                         line["verdict"], strong=True))  # fmt: skip
        bars += [
            _bar(response, told["trust"], (told["trust_low"], told["trust_high"]), told["verdict"])
            for response, told in line["responses"].items()
        ]
    return Bars("trust, 0 to 1, with its 80 % interval", bars)


def _bar(
    label: str, share: float, ends: tuple[float, float], verdict: str, *, strong: bool = False
) -> Bar:
    good = True if verdict in _GOOD else False if verdict in _BAD else None
    return Bar(label, share, ends[0], ends[1], words=verdict, good=good, strong=strong)


def line_picture(found: Evidence, line: str, response: str) -> Draw | None:
    """Trust in a line, and below it what its own surface said of the runs made here."""
    told = found["lines"].get(line)
    if told is None:
        return None
    bars = trust_bars({line: told})
    about = told["responses"].get(response) or next(iter(told["responses"].values()), None)
    if about is None or not about["parity"]:
        return bars.draw
    name = response if response in told["responses"] else next(iter(told["responses"]))
    facts = found["responses"].get(name)
    if facts is None:
        return bars.draw
    chart = Chart(
        f"{with_unit(name, facts['unit'])} of own runs, as {line} alone says",
        "measured here",
        marks=[Mark(p["measured"], p["predicted"], kind="made") for p in about["parity"]],
        diagonal=True,
        log=facts["log"],
    )
    rows = len(bars.bars) + 1

    def draw(width: int, height: int, palette: Palette) -> Canvas:
        if width >= 2 * _BESIDE:
            return _beside(bars.draw, chart.draw, width, height, palette)
        low = max(0, height - rows)
        canvas = Canvas(width, height)
        canvas.paste(bars.draw(width, min(rows, height), palette), 0, 0)
        if low >= _LOWEST:
            canvas.paste(chart.draw(width, low, palette), 0, rows)
        return canvas

    return draw


_LOWEST: Final = 6  # rows of a chart that still says something
_BESIDE: Final = 50  # columns from which two pictures stand beside each other


def _beside(left: Draw, right: Draw, width: int, height: int, palette: Palette) -> Canvas:
    canvas, half = Canvas(width, height), width // 2
    canvas.paste(left(half - 2, height, palette), 0, 0)
    canvas.paste(right(width - half, height, palette), half, 0)
    return canvas
