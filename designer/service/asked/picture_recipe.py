"""The recipe somebody wants a picture of: typed, checked, and put on the machine's steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from designer.campaigns.errors import Findings
from designer.campaigns.log.runs import Run
from designer.campaigns.space.factors import Setting
from designer.campaigns.space.settings import settings_from_texts, unknown_name
from designer.campaigns.values.numbers import number_text
from designer.service.fits import learned, read_figures
from designer.service.session import Session

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState
    from designer.engine.fitted_campaign import FittedCampaign
    from designer.engine.pictures.recipe import PictureRecipe

Typed = Mapping[str, object]
"""Settings by factor: numbers in the declared unit, or texts as on the command line."""

MOST_SIZE = 400
"""Most settings of an axis (assumption: no screen or page shows more)."""


def check_axes(state: CampaignState, x: str, y: str, findings: Findings) -> None:
    """Note axes that are no two factors."""
    names = [factor.name for factor in state.spec.factors]
    for place, name in (("x", x), ("y", y)):
        if name not in names:
            findings.add(unknown_name(place, "is no factor of this campaign", name, names))
    if x == y and x in names:
        others = [name for name in names if name != x]
        allowed = ", ".join(others) or "there is no other factor: slices show it"
        findings.report("y", "is the same factor as x", y, allowed)


def check_size(sizes: Mapping[str, int], findings: Findings) -> None:
    """Note numbers of settings that no axis can have."""
    for place, size in sizes.items():
        if not 2 <= size <= MOST_SIZE:
            findings.report(place, "cannot be that many settings", str(size), f"2 to {MOST_SIZE}")


def picture_recipe(
    session: Session,
    state: CampaignState,
    recipe: Typed | None,
    given: Typed | None,
    findings: Findings,
    *,
    run: Run | None = None,
) -> PictureRecipe:
    """A recipe with what was learned.

    Args:
        session: user and store.
        state: the campaign.
        recipe: settings that are told; the others are those of the run, else of the best recipe.
        given: values of givens that are told; the others are those of the run, else as usual.
        findings: what was noted so far.
        run: what the recipe begins with; None: the best recipe, else the middle of the region.

    Raises:
        InputError: with everything that is wrong, or there is nothing to learn from.
    """
    spec = state.spec
    told = settings_from_texts(spec.factors, _texts(recipe), "factor", findings)
    known = settings_from_texts(spec.givens, _texts(given), "given", findings)
    for name, value in told.items():
        factor = spec.factor(name)
        if not isinstance(value, str) and not factor.bounds[0] <= value <= factor.bounds[1]:
            found = factor.with_unit(value)
            findings.report(name, "outside the range", found, factor.allowed)
    findings.raise_if_any()
    fitted = learned(session, state)
    from designer.engine.pictures.recipe import PictureRecipe, nearest_recipe

    here = {} if run is None else dict(run.given)
    values, _ = fitted.givens({**here, **{name: float(value) for name, value in known.items()}})
    base: Mapping[str, Setting] = {}
    if run is not None:
        base = run.used
    elif any(factor.name not in told for factor in spec.factors):
        base = _base(session, fitted)  # looked for only where something is left open: it takes time
    settings = nearest_recipe(spec, {**base, **told}, values)
    if run is not None and not told:
        settings = dict(run.used)  # as it is, between two steps or not
    return PictureRecipe(fitted, settings, values)


def _texts(typed: Typed | None) -> dict[str, str]:
    return {
        name: number_text(float(value))
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
        for name, value in (typed or {}).items()
    }


def _base(session: Session, fitted: FittedCampaign) -> dict[str, Setting]:
    """The best recipe known, else the middle of the region."""
    from designer.engine.pictures.recipe import middle_recipe
    from designer.engine.predicting import best_recipes

    kept = read_figures(session, fitted.state)
    if kept["seq"] == fitted.state.seq and kept["best"] is not None:
        return dict(kept["best"]["settings"])
    found = best_recipes(fitted, 1)
    return dict(found[0]["settings"]) if found else middle_recipe(fitted)
