"""Why a run is proposed: one sentence with numbers, for the person at the line.

The first word says what kind of run it is:

    Reference  the reference run of a new batch
    Repeat     a recipe made or planned before
    Search     chosen for the recipes in spec it is expected to find
    Improve    chosen for what it improves of the responses' goals
    Confirm    in spec with probability one half or more
    Explore    the standard deviation here is `EXPLORES` times the region's typical one or more,
               or no run of this line is known yet
    Refine     it is less: the run makes known what is roughly known already

Of every part there are shorter forms; the longest sentence that a small screen holds is taken.

Where a run teaches is told by the factors that its effect on the goal depends on. The effect is
spread over the reference points (``W C(x, r)²``); for every factor the part of its range is taken
that holds the middle 80 % of it, and the factors with the narrowest parts are named.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.plan.order import change, part
from designer.acquisition.selection.context import Disagreement, FailedRun, KnownRun
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.values.numbers import number_text
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor, Setting
    from designer.campaigns.specification.specification import Specification

LONGEST = 240  # characters; three rows of the small screen (assumption)
EXPLORES = 1.2  # times the region's typical standard deviation (assumption)
_SAME = 1e-9  # of all ranges together: the same recipe
LIKELY = 0.5  # probability of being in spec from which a run confirms
_RISKY = 0.8  # probability of success below which the nearest failure is told
_MIDDLE = (0.1, 0.9)  # quantiles of the effect
_NARROW = 0.65  # of a factor's range; an even spread would hold 0.8
_MOSTLY = 0.8  # share of the effect in one category


@dataclass(frozen=True)
class Facts:
    """What is known about one proposed run.

    Attributes:
        settings: its settings.
        bits: information at its rank; None for space-filling.
        share: of the plan's bits.
        shares: part of its own bits per response.
        spread: standard deviation here over the region's typical one, per response.
        where: part of the region it teaches most about, in words; empty: no part stands out.
        in_spec: probability of being inside all windows; None without windows.
        success: probability of being made successfully; None while nothing failed.
        gain: what it adds to what the plan maximises besides information, in words that begin
            with ``Search`` or ``Improve``; None: bits.
        reference: stage of whose new batch this is the reference run.
        disagreement: of the earlier lines about this recipe; None: they agree, or there is one.
        earlier: recipes of better rank in the same plan.
    """

    settings: Mapping[str, Setting]
    bits: float | None
    share: float
    shares: Mapping[str, float]
    spread: Mapping[str, float]
    where: str
    in_spec: float | None
    success: float | None
    gain: str | None
    reference: str | None
    disagreement: Disagreement | None
    earlier: Sequence[Mapping[str, Setting]]


def reason(
    spec: Specification,
    facts: Facts,
    known: Sequence[KnownRun],
    failed: Sequence[FailedRun] = (),
) -> str:
    """The sentence.

    Args:
        spec: the campaign's specification.
        facts: about the run.
        known: runs with results and open runs.
        failed: runs that were made and failed.
    """
    repeated = _repeated(spec, facts, known)
    kind, risk = _kind(facts, repeated, known), _risk(spec, facts, failed)
    if facts.bits is None:
        ways = [[kind, risk], [kind]]
    else:
        sure = "" if facts.in_spec is None else f" (in spec {_percent(facts.in_spec)})"
        found, lines = facts.disagreement, ""
        if found is not None:
            higher = f"{found.difference} higher than {found.low}"
            lines = f"{found.high} expects {found.response} {higher}"
        nearest = "" if repeated else _nearest(spec, facts, known)  # a repeated run is near enough
        rests = [[risk, lines, nearest], [risk, lines], [risk, nearest], [risk], []]
        ways = [
            [f"{kind}{sure}: {teaching}", *rest]
            for teaching, rest in itertools.product(_teaching(facts), rests)
        ]
    texts = ["; ".join(filter(None, parts)) + "." for parts in ways]
    fitting = [text for text in texts if len(text) <= LONGEST]
    return max(fitting, key=len) if fitting else texts[-1][: LONGEST - 1] + "…"


def _kind(facts: Facts, repeated: str | None, known: Sequence[KnownRun]) -> str:
    """The first word, with what belongs to it."""
    if facts.reference is not None:
        return f"Reference run of a new {facts.reference} batch, shows drift between batches"
    if repeated is not None:
        return f"Repeat of {repeated}, worth more than a new recipe"
    if facts.bits is None:
        return "Spreads the runs over the region, as nothing is known yet"
    if facts.gain is not None:
        return facts.gain
    if facts.in_spec is not None and facts.in_spec >= LIKELY:
        return "Confirm"
    here = sum(share * facts.spread[name] for name, share in facts.shares.items())
    return "Explore" if here >= EXPLORES or not known else "Refine"


def _repeated(spec: Specification, facts: Facts, known: Sequence[KnownRun]) -> str | None:
    """The run whose recipe this is."""
    runs = [(run.run, run.settings) for run in known]
    runs += [(f"the run of rank {k + 1}", settings) for k, settings in enumerate(facts.earlier)]
    same = (n for n, s in runs if change(facts.settings, s, spec.factors) <= _SAME)
    return next(same, None)


def _teaching(facts: Facts) -> list[str]:
    """What it teaches, from long to short."""
    if not any(facts.shares.values()):
        return ["teaches nothing new"]
    most = max(facts.shares, key=lambda name: facts.shares[name])
    told = f"{facts.bits:.2g} bit"
    plan = f" ({_percent(facts.share)} of the plan's)" if facts.share < 1 else ""
    share = f", {_percent(facts.shares[most])} of them" if len(facts.shares) > 1 else ""
    about = f"{share} about {most}"
    where = f" at {facts.where}" if facts.where else ""
    first = f" at {facts.where.split(' and ')[0]}" if facts.where else ""
    spread = f"; ± here {facts.spread[most]:.1f} times the region's"
    return [
        f"{told}{plan}{about}{where}{spread}",
        f"{told}{plan}{about}{first}{spread}",
        f"{told}{about}{first}{spread}",
        f"{told}{about}{spread}",
        f"{told}{about}",
        told,
    ]


def _nearest(spec: Specification, facts: Facts, known: Sequence[KnownRun]) -> str:
    if not known:
        return ""
    run = min(known, key=lambda other: change(facts.settings, other.settings, spec.factors))
    away = change(facts.settings, run.settings, spec.factors)
    if away <= _SAME:
        return ""
    differs = max(
        (f for f in spec.factors if f.name in run.settings),
        key=lambda f: part(facts.settings[f.name], run.settings[f.name], f),
    )
    here, there = facts.settings[differs.name], run.settings[differs.name]
    mostly = "" if part(here, there, differs) > away - _SAME else "mostly "
    return (
        f"nearest {run.run}, {mostly}{differs.name} {differs.with_unit(here)}"
        f" instead of {quantity_text(there)}"
    )


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def _risk(spec: Specification, facts: Facts, failed: Sequence[FailedRun]) -> str:
    """How probably the run can be made, and the failure nearby that speaks against it."""
    if facts.success is None:
        return ""
    text = f"succeeds with {_percent(facts.success)}"
    if facts.success >= _RISKY or not failed:
        return text
    run = min(failed, key=lambda other: change(facts.settings, other.settings, spec.factors))
    same = change(facts.settings, run.settings, spec.factors) <= _SAME
    why = f": {run.reason}" if run.reason else ""
    return f"{text} ({run.run} failed {'at this recipe' if same else 'nearby'}{why})"


def where_words(
    spec: Specification, candidates: Candidates, rows: IntArray, effect: FloatArray, most: int = 2
) -> str:
    """``coating_gap 150 to 300 um and binder PVDF-A``; empty where no factor stands out.

    Args:
        spec: the campaign's specification.
        candidates: recipes.
        rows: reference points among them, ``[R]``.
        effect: of the run at each, ``[R]``, not negative.
        most: factors named at most.
    """
    total = float(effect.sum())
    if not total > 0 or len(rows) < 2:
        return ""
    found = []
    for k, factor in enumerate(spec.factors):
        values = candidates.levels[k].values[candidates.index[rows, k]]
        part = _category(factor, values, effect) if factor.is_categorical else _range(
            factor, values, effect
        )  # fmt: skip
        if part is not None:
            found.append(part)
    return " and ".join(text for _, text in sorted(found)[:most])


def _range(factor: Factor, values: FloatArray, effect: FloatArray) -> tuple[float, str] | None:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(effect[order]) / effect.sum()
    first, last = (
        float(values[order[min(int(np.searchsorted(below, q)), len(order) - 1)]]) for q in _MIDDLE
    )
    width = factor.scale.apart(first, last)
    if width > _NARROW:
        return None
    if first == last:
        return width, f"{factor.name} near {factor.with_unit(first)}"
    return width, f"{factor.name} {number_text(first)} to {factor.with_unit(last)}"


def _category(factor: Factor, values: FloatArray, effect: FloatArray) -> tuple[float, str] | None:
    shares = {str(name): float(effect[values == name].sum()) for name in np.unique(values)}
    most = max(shares, key=lambda name: shares[name])
    share = shares[most] / float(effect.sum())
    return (1.0 - share, f"{factor.name} {most}") if share >= _MOSTLY else None
