"""What every plan is asked with: numbers, fixed settings, values of givens; all checked at once."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING

from designer.campaigns.errors import Findings
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.parts import MOST_RUNS

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.space.factors import Setting
    from designer.service.values import Texts

_MOST_SEED = 2**63 - 1


def check_numbers(
    state: CampaignState,
    runs: int | None,
    budget: float | None,
    seed: int | None,
    findings: Findings,
) -> None:
    """Note what is wrong with the campaign's state and the numbers of a proposal."""
    if state.closed:
        hint = "To go on, undo the closing"
        findings.report(f"campaign {state.spec.name}", "is closed", hint=hint)
    check_whole("-n", runs, 1, MOST_RUNS, findings, what="number of runs")
    is_number = isinstance(budget, Real) and not isinstance(budget, bool)
    if budget is not None and not (is_number and 0 < budget < float("inf")):
        findings.report("--budget", "is no positive number", repr(budget))
    check_whole("--seed", seed, 0, _MOST_SEED, findings, what="is no seed")


def check_whole(
    where: str,
    value: int | None,
    least: int,
    most: int,
    findings: Findings,
    *,
    what: str = "cannot be that",
) -> None:
    """Note a value that is no whole number of a range; None: nobody said anything."""
    shown = "2^63 - 1" if most == _MOST_SEED else str(most)
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if value is not None and not (whole and least <= value <= most):
        findings.report(where, what, repr(value), f"{least} to {shown}")


def checked_inputs(
    state: CampaignState, fix: Texts | None, given: Texts | None, findings: Findings
) -> tuple[dict[str, Setting], dict[str, float]]:
    """Settings every run shall have, and what is known of all of them, as numbers and names.

    Raises:
        InputError: with everything that was noted so far.
    """
    factors, givens = state.spec.factors, state.spec.givens
    fixed = settings_from_texts(factors, fix or {}, "factor", findings, on_grid=True)
    known = settings_from_texts(givens, given or {}, "given", findings, on_grid=True)
    findings.raise_if_any()
    return fixed, {name: float(value) for name, value in known.items()}
