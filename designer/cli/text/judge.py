"""Judged plans in words: the verdict first, then what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from designer.acquisition.judge.answers import LABELS
from designer.cli.text.results import head_text
from designer.render.expected import two_digits
from designer.render.table import Column, paragraph, table
from designer.render.words import amount, count, in_unit, listed, number, rounded, share

if TYPE_CHECKING:
    from designer.acquisition.judge.answers import (
        ComparedPlan,
        JudgedFact,
        JudgedRun,
        ResponsePower,
    )
    from designer.service.verbs.judging import JudgeAnswer


def judged_text(answers: Sequence[JudgeAnswer]) -> list[str]:
    """Plans side by side, then each by itself."""
    lines: list[str] = []
    if len(answers) > 1:
        lines += [f"{count(len(answers), 'plan')} for {answers[0]['campaign']}", ""]
        lines += [*_side_by_side(answers), ""]
    for answer in answers:
        lines += [*_one(answer, compared=len(answers) == 1), ""]
    return [*lines, "Nothing was stored.", *head_text(answers[0])]


def _one(answer: JudgeAnswer, *, compared: bool) -> list[str]:
    verdict = next(fact["text"] for fact in answer["summary"] if fact["about"] == "verdict")
    lines = paragraph("", f"{answer['plan']}: {verdict[0].lower()}{verdict[1:]}")
    if compared and answer["comparisons"]:
        lines += ["", *_side_by_side([answer])]
    lines.append("")
    width = max(map(len, LABELS.values())) + 2
    last = ""
    for fact in _facts(answer):
        if fact["about"] != "verdict":
            label = LABELS[fact["about"]]
            lines += paragraph(f"{label if label != last else '':{width}}", fact["text"])
            last = label
    for broken in answer["infeasible"]:
        lines += paragraph("- ", broken["text"])
    if answer["power"]:
        lines += ["", *table(list(_power_columns(answer["power"])))]
    return [*lines, "", *table(list(_run_columns(answer["runs"], answer["cost_unit"])))]


def _facts(answer: JudgeAnswer) -> list[JudgedFact]:
    """The sentences; of power how large effects and noise are, for a table has the rest."""
    told: list[JudgedFact] = []
    for fact in answer["summary"]:
        if fact["about"] != "power":
            told.append(fact)
        elif not told or told[-1]["about"] != "power":
            told.append({"about": "power", "text": _sizes(answer["power"])})
            noise = next(f["text"] for f in answer["summary"][::-1] if f["about"] == "power")
            told.append({"about": "power", "text": noise})
    return told


def _sizes(powers: Sequence[ResponsePower]) -> str:
    sizes = [
        f"{two_digits(own['size'])}{in_unit(own['unit'])} on {own['response']}"
        f" ({own['size_sd']:.3g} sd of the noise)"
        if own["size"] is not None
        else f"{own['size_sd']:.3g} sd of the noise"
        for own in powers
    ]
    gaps = any(each["power"] is None for own in powers for each in own["effects"])
    untested = " –: there are too few runs or batches to test it." if gaps else ""
    model = f"in the {powers[0]['model']} model"
    return f"Below is the chance to find, {model}, an effect of {listed(sizes)}.{untested}"


def _side_by_side(answers: Sequence[JudgeAnswer]) -> list[str]:
    """A line for every plan judged, and for every one it is compared with."""
    unit = answers[0]["cost_unit"]
    rows: list[ComparedPlan] = []
    for answer in answers:
        best = answer["best_order"]
        bits = best["information_bits"]
        judged: ComparedPlan = {
            "name": answer["plan"],
            "runs": len(answer["runs"]),
            "cost": best["cost"],
            "information_bits": bits,
            "bits_per_cost": None if bits is None or not best["cost"] else bits / best["cost"],
            "expected_in_spec": answer["expected_in_spec"],
            "sd_after": {name: known["sd_after"] for name, known in answer["unknown"].items()},
            "text": "",
        }
        rows += [judged, *answer["comparisons"]]
    units = {name: known["unit"] for a in answers for name, known in a["unknown"].items()}
    return table(list(_columns(_each_once(rows), unit, units)))


def _each_once(rows: Sequence[ComparedPlan]) -> list[ComparedPlan]:
    """Without the same plan beside several."""
    found: list[ComparedPlan] = []
    for row in rows:
        if not any({**row, "text": ""} == {**other, "text": ""} for other in found):
            found.append(row)
    return found


def _columns(
    rows: Sequence[ComparedPlan], unit: str, units: dict[str, str | None]
) -> Iterable[Column]:
    yield Column("plan", [row["name"] for row in rows], left=True, key=True)
    yield Column("runs", [number(row["runs"]) for row in rows])
    yield Column("cost", [amount(row["cost"]) for row in rows], unit)
    if any(row["information_bits"] is not None for row in rows):
        yield Column("bits", [rounded(row["information_bits"]) for row in rows])
        per = f"bits/{unit.removesuffix('s')}"
        yield Column(per, [_two(row["bits_per_cost"]) for row in rows])
    if any(row["expected_in_spec"] is not None for row in rows):
        yield Column("in spec", [rounded(row["expected_in_spec"], 1) for row in rows])
    for name, own in units.items():
        yield Column(f"± {name}", [_two(row["sd_after"].get(name)) for row in rows], own)


def _two(value: float | None) -> str:
    return rounded(value) if value is None else two_digits(value)


def _power_columns(powers: Sequence[ResponsePower]) -> Iterable[Column]:
    """The chance to find every effect, by response."""
    effects = powers[0]["effects"]
    yield Column("power", [each["effect"] for each in effects], left=True, key=True)
    for own in powers:
        yield Column(own["response"] or "any", [share(each["power"]) for each in own["effects"]])
    # batches that vary no more than the runs in them are no stratum: it may differ by response
    stages = zip(*([each["stage"] for each in own["effects"]] for own in powers), strict=True)
    against = [" / ".join(dict.fromkeys(stage or "run" for stage in each)) for each in stages]
    if any(text != "run" for text in against):
        yield Column("against", against, left=True)


def _run_columns(runs: Sequence[JudgedRun], unit: str) -> Iterable[Column]:
    """The runs of a plan, row by row."""
    yield Column("row", [number(run["row"]) for run in runs], key=True)
    if any(run["run"] for run in runs):
        yield Column("run", [number(run["run"]) for run in runs], left=True)
    for name in runs[0]["settings"]:
        yield Column(name, [number(run["settings"].get(name)) for run in runs])
    if any(run["information_bits"] is not None for run in runs):
        yield Column("bits", [rounded(run["information_bits"]) for run in runs])
    if any(run["in_spec"] is not None for run in runs):
        yield Column("in spec", [share(run["in_spec"]) for run in runs])
    yield Column("cost", [amount(run["cost"]) for run in runs], unit)
    if any(run["leverage"] is not None for run in runs):
        yield Column("leverage", [rounded(run["leverage"]) for run in runs])
    yield Column("best order", [number(run["order"]) for run in runs])
