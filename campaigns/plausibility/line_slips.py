"""Single results of an earlier line that look like slips beside its others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designer.campaigns.log.runs import LEARNED_FROM
from designer.campaigns.log.state import CampaignState, Line
from designer.campaigns.plausibility.beyond import beyond_all
from designer.campaigns.plausibility.comparisons import Comparisons, Doubt
from designer.campaigns.plausibility.doubts import doubts, one_sign
from designer.campaigns.plausibility.neighbours import Measured
from designer.campaigns.plausibility.slips import slips
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import is_computable

_TOLD = 3  # results of a response that are told one by one
_ENOUGH, _OWN = 3, 80  # own results that tell something; as many as are compared
_FEW = 20  # rows up to which a line is compared with own results, too (assumption)


def line_slips(state: CampaignState, line: Line) -> list[str]:
    """Results of a line that look like another unit or a slip of the point, a sentence each.

    Args:
        state: the campaign.
        line: one of its earlier lines; the whole line may be off in unit all the same.
    """
    return [text for response in state.spec.responses for text in _told(state, line, response)]


def _told(state: CampaignState, line: Line, response: Response) -> list[str]:
    results = [
        Measured(value, (row.settings, row.given), None, line.name)
        for row in line.on_scale(state.spec).rows
        for value in row.responses.get(response.name, ())
        if value != 0 and is_computable(value)
    ]
    kept = one_sign([each.value for each in results], response)
    results = [each for each, keep in zip(results, kept, strict=True) if keep]
    comparisons = Comparisons(state, response, results)
    verdicts = doubts(comparisons)
    verdicts |= beyond_all(comparisons, verdicts)
    if len(results) <= _FEW:
        verdicts = {**_beside_own(state, response, results), **verdicts}
    texts = []
    for place, verdict in list(verdicts.items())[:_TOLD]:
        value = quantity_text(results[place].value, response.unit)
        at = _settings(state, results[place])
        texts.append(f"{line.name}: {response.name} {value}{at} {verdict.clause}")
    if len(verdicts) > _TOLD:
        texts[-1] += f" {len(verdicts) - _TOLD} more results of {response.name} likewise."
    return texts


def _beside_own(
    state: CampaignState, response: Response, results: Sequence[Measured]
) -> dict[int, Doubt]:
    """Results of a line that are doubted beside its others and the own ones together.

    None where most of them are: then it is the line that differs, and no slip.
    """
    doubted = {(slip.run, slip.value.number) for slip in slips(state, [response.name])}
    own = [
        Measured(value, (run.used, run.given))
        for run in state.runs.values()
        if run.status in LEARNED_FROM
        for value in run.values(response.name)
        if value != 0 and is_computable(value) and (run.id, value) not in doubted
    ][-_OWN:]
    kept = one_sign([each.value for each in (*own, *results)], response)
    if len(own) < _ENOUGH or not all(kept):
        return {}
    of_line = [replace(each, came=None) for each in results]  # compared with the own ones first
    comparisons = Comparisons(state, response, [*own, *of_line])
    found = doubts(comparisons, right=range(len(own)))
    if 2 * len(found) >= len(results):
        return {}
    return {
        place - len(own): replace(doubt, beside=doubt.beside.replace("its ", "its and your ", 1))
        for place, doubt in found.items()
    }


def _settings(state: CampaignState, result: Measured) -> str:
    """`` (gap 200 um, pressure 100 MPa)``: the row, in words its file has too."""
    known = [item for item in state.spec.inputs if item.name in result.settings]
    told = [f"{i.name} {quantity_text(result.settings[i.name], i.unit)}" for i in known[:4]]
    return f" ({', '.join(told)})" if told else ""
