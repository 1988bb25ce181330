"""A judged plan in sentences, the verdict first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from designer.acquisition.judge.answers import (
    Judged,
    JudgedFact,
    JudgedRun,
    PlanWorth,
    RepeatedRecipe,
    RunLeverage,
)
from designer.acquisition.judge.estimation.words import is_main, noise_text
from designer.render.expected import two_digits
from designer.render.words import count, in_unit, listed, priced, rounded, share

AS_GOOD = 0.95  # share of our bits from which a plan is as good (assumption)
_CLEARLY = 0.7  # share below which it is clearly worse (assumption)
_SAME_COST = 0.01  # share of a cost that is no difference
_ALONE = 1.0 - 1e-6  # leverage of a run that nothing else says anything about
_NONE = 0.05  # runs expected in spec that are none
_ROWS = 8  # rows that are named
_FEW = 3  # aliases that are told one by one
_MAINS = 12  # groups of aliases with a main effect that are


def repeated_text(told: RepeatedRecipe, ids: Mapping[int, str]) -> str:
    """``rows 3 and 9 are the same recipe``, ``R003 and R009 …``.

    Args:
        told: what is repeated.
        ids: of the rows that are runs of ours.
    """
    rows = _rows(told["rows"], ids)
    if told["made"] is not None:
        verb = "repeats" if len(told["rows"]) == 1 else "repeat"
        return f"{rows} {verb} the recipe of {told['made']}"
    if told["exact"]:
        return f"{rows} are the same recipe"
    return f"{rows} are nearly the same recipe: no setting differs by more than 2 % of its range"


def run_ids(runs: Sequence[JudgedRun]) -> dict[int, str]:
    """The ids of rows that are runs of ours."""
    return {run["row"]: run["run"] for run in runs if run["run"] is not None}


def _rows(rows: Sequence[int], ids: Mapping[int, str]) -> str:
    if all(row in ids for row in rows):
        return listed([ids[row] for row in rows], _ROWS)
    return f"row{'s' if len(rows) > 1 else ''} {listed([str(row) for row in rows], _ROWS)}"


# ---- the whole -----------------------------------------------------------------------------------


def _a(model: str) -> str:
    return f"an {model}" if model == "interaction" else f"a {model}"


def summary(told: Judged) -> list[JudgedFact]:
    """All of a judged plan in sentences, the verdict first.

    Args:
        told: everything else about it.
    """
    facts: list[tuple[str, str]] = [("verdict", _verdict(told))]
    facts += [("cost", text) for text in _cost(told)]
    facts += [("information", text) for text in _information(told)]
    facts += [("unknown", text) for text in _unknown(told)]
    facts += [("rows", text) for text in _broken(told)]
    facts += [("models", text) for text in _models(told)]
    facts += [("aliases", text) for text in _aliases(told)]
    facts += [("power", text) for text in _power(told)]
    facts += [("leverage", text) for text in _leverage(told)]
    facts += [("duplicates", text) for text in _duplicates(told)]
    names = {name for run in told["runs"][:1] for name in run["settings"]}
    return [{"about": about, "text": f"{_sentence(text, names)}."} for about, text in facts]


def _sentence(text: str, names: Collection[str]) -> str:
    """With a capital, unless it begins with the name of a factor, which has its own."""
    first = re.split(r"[\s²,(]", text, maxsplit=1)[0]
    return text if first in names else f"{text[0].upper()}{text[1:]}"


def _verdict(told: Judged) -> str:
    best, ours = told["best_order"], told["ours"]
    runs = count(len(told["runs"]), "run")
    bits, verb = best["information_bits"], "brings" if len(told["runs"]) == 1 else "bring"
    cost = _for(best["cost"], told["cost_unit"])
    if bits is None:
        model = told["efficiency_basis"]["model"]
        can = f"can estimate {_a(model)} model" if model else "cannot even estimate a linear model"
        return f"{runs}{cost}; nothing is known yet, so no bits are counted: the plan {can}"
    if ours is None or ours["information_bits"] is None:
        return f"{runs}{cost} {verb} {_bits(bits)}"
    other = f"{_bits(ours['information_bits'])}{_for(ours['cost'], told['cost_unit'])}"
    ratio = bits / ours["information_bits"] if ours["information_bits"] > 0 else 1.0
    if ratio > 1.0 / AS_GOOD:
        word = "more"
    elif ratio >= AS_GOOD:
        word = "as much"
    else:
        word = "clearly less" if ratio < _CLEARLY else "somewhat less"
    than = "as" if word == "as much" else "than"
    saved = best["cost"] - ours["cost"]
    cheaper = ratio <= 1.0 / AS_GOOD and saved > (1.0 - AS_GOOD) * best["cost"]
    less = f", which costs {priced(saved, told['cost_unit'])} less" if cheaper else ""
    return f"{word} {than} our own plan{less}: {runs} {verb} {_bits(bits)}{cost}, ours {other}"


def _for(cost: float, unit: str) -> str:
    """`` for 9.9 h``; nothing where costs only count the runs."""
    return "" if unit == "runs" else f" for {priced(cost, unit)}"


def _bits(bits: float) -> str:
    return f"{rounded(bits)} bit"


def _cost(told: Judged) -> list[str]:
    unit, best = told["cost_unit"], told["best_order"]
    batches = [count(n, f"new {stage}", f"new {stage}") for stage, n in best["new_batches"].items()]
    with_batches = f" ({', '.join(batches)})" if batches else ""
    saved = told["cost"] - best["cost"]
    if saved > _SAME_COST * told["cost"]:
        return [
            f"in the order of its rows it takes {priced(told['cost'], unit)}; sorted by batches"
            f" {priced(best['cost'], unit)}{with_batches}, and everything below is about that"
        ]
    return [f"it takes {priced(best['cost'], unit)}{with_batches}; no other order costs less"]


def _information(told: Judged) -> list[str]:
    texts = []
    ours, same = told["ours"], told["ours_same_runs"]
    bits, cost = told["best_order"]["information_bits"], told["best_order"]["cost"]
    if bits is not None and cost > 0:
        texts.append(
            f"that is {_rate(told['best_order'], told['cost_unit'])}"
            + ("" if ours is None else f"; ours {_rate(ours, told['cost_unit'])}")
        )
    other = same is not None and same != ours
    if bits is not None and same is not None and other and same["information_bits"] is not None:
        texts.append(
            f"a plan of ours of as many runs brings {_bits(same['information_bits'])} for"
            f" {priced(same['cost'], told['cost_unit'])}"
        )
    hits = told["expected_in_spec"]
    if hits is not None:
        some = two_digits(hits) if hits >= _NONE else "none"
        texts.append(f"of its runs {some} {'is' if some == 'none' else 'are'} expected in spec")
    return texts


def _rate(plan: PlanWorth, unit: str) -> str:
    bits = plan["information_bits"] or 0.0
    per = unit.removesuffix("s")
    return f"{two_digits(bits / plan['cost'])} bit/{per}" if plan["cost"] > 0 else _bits(bits)


def _unknown(told: Judged) -> list[str]:
    parts = []
    for name, known in told["unknown"].items():
        unit = in_unit(known["unit"])
        parts.append(f"{name} ± {two_digits(known['sd_after'])}{unit} (now"
                     f" {two_digits(known['sd_now'])})")  # fmt: skip
    return [f"what stays unknown: {', '.join(parts)}"] if parts else []


def _broken(told: Judged) -> list[str]:
    broken = told["infeasible"]
    if not broken:
        return []
    gone = list(dict.fromkeys(each["row"] for each in broken if each["left_out"]))
    rows = list(dict.fromkeys(each["row"] for each in broken if not each["left_out"]))
    texts, ids = list[str](), run_ids(told["runs"])
    if rows:
        them, verb = ("it", "is") if len(rows) == 1 else ("them", "are")
        made = f"{_rows(rows, ids)} cannot be made as the file has {them}"
        texts.append(f"{made}, and {verb} counted all the same")
    if gone:
        verb = "is" if len(gone) == 1 else "are"
        texts.append(f"{_rows(gone, ids)} {verb} left out: nothing is known of such settings")
    return texts


def _models(told: Judged) -> list[str]:
    can = [m for m in told["models"] if m["estimable"]]
    texts = []
    if can:
        last = can[-1]
        df = last["error_df"]
        left = f"{count(df, 'degree')} of freedom left" if df else "no degree of freedom left"
        texts.append(
            f"the runs can estimate {_a(last['model'])} model ({last['terms']} terms, {left})"
        )
    for model in told["models"]:
        if not model["estimable"]:
            lacking = listed(model["lacking"])
            texts.append(f"no {model['model']} model ({model['terms']} terms): it lacks {lacking}")
            break
    known = {name: value for name, value in told["efficiency"].items() if value is not None}
    if known:
        figures = ", ".join(f"{name} {share(value)}" for name, value in known.items())
        relative_to = told["efficiency_basis"]["relative_to"]
        fitted = told["efficiency_basis"]["model"]
        texts.append(f"efficiency for the {fitted} model: {figures}, relative to {relative_to}")
    return texts


def _aliases(told: Judged) -> list[str]:
    complete = [each for each in told["aliases"] if each["complete"]]
    mains = [each["text"] for each in complete if any(map(is_main, each["effects"]))]
    others = [each["text"] for each in complete if not any(map(is_main, each["effects"]))]
    texts = [*_first(mains, _MAINS), *_first(others, _FEW)]
    texts += [f"in part: {each['text']}" for each in told["correlated"]]
    if not texts and told["models"]:
        return ["no effect is confused with another"]
    return texts


def _first(texts: Sequence[str], most: int) -> list[str]:
    more = len(texts) - most
    return [*texts[:most], *([f"and {more} more such groups"] if more > 0 else [])]


def _power(told: Judged) -> list[str]:
    texts = [each["text"] for each in told["power"]]
    return [*texts, noise_text(told["power"])] if texts else []


def _leverage(told: Judged) -> list[str]:
    found: Sequence[RunLeverage] = told["leverage"]
    if told["efficiency_basis"]["model"] is None:
        return []  # no model can be fitted anyway
    ids = run_ids(told["runs"])
    alone = [each["row"] for each in found if each["leverage"] >= _ALONE]
    if found and len(alone) == len(found):
        return ["every run decides its own fitted value: if one fails, the model cannot be fitted"]
    if alone:
        verb, each = ("stands", "it") if len(alone) == 1 else ("stand", "one of them")
        return [f"{_rows(alone, ids)} {verb} alone: if {each} fails, the model cannot be fitted"]
    limit = 2 * sum(each["leverage"] for each in found) / max(1, len(found))
    high = [each["row"] for each in found if each["leverage"] > limit]
    if high:
        return [
            f"{_rows(high, ids)} decide{'s' if len(high) == 1 else ''} more than twice the mean run"
        ]
    return []


def _duplicates(told: Judged) -> list[str]:
    texts = [each["text"] for each in told["duplicates"]]
    more = len(texts) - 2 * _FEW
    return texts[: 2 * _FEW] + ([f"and {more} more such recipes"] if more > 0 else [])
