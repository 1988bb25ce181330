"""What pictures are drawn from: slices, maps, what-if. The engine is loaded when called."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.runs import OPEN
from designer.engine.pictures.answers import (
    Evidence,
    InformationMap,
    RecipeMap,
    Slices,
    WhatIf,
)
from designer.service.answers import OfCampaign
from designer.service.asked.picture_recipe import Typed, check_axes, check_size, picture_recipe
from designer.service.fits import learned
from designer.service.session import Verbs

if TYPE_CHECKING:
    from designer.campaigns.log.runs import Run
    from designer.campaigns.log.state import CampaignState

POINTS = 41
"""Settings along a factor unless somebody says otherwise: an eighth of a 0.95-wide band apart."""
SIZE = (41, 25)
SIZE_INFORMATION = (15, 11)


@final
class SlicesAnswer(OfCampaign, Slices):
    """Slices through a recipe of a campaign."""


@final
class MapAnswer(OfCampaign, RecipeMap):
    """A map of a campaign's responses."""


@final
class InformationAnswer(OfCampaign, InformationMap):
    """A map of what one more run of a campaign brings."""


@final
class WhatIfAnswer(OfCampaign, WhatIf):
    """What a run of a recipe would bring a campaign."""


@final
class EvidenceAnswer(OfCampaign, Evidence):
    """What the results of a campaign say of its models and lines."""


class PictureVerbs(Verbs):
    """What pictures are drawn from; nothing is written."""

    def slices(
        self,
        campaign: str,
        recipe: Typed | None = None,
        *,
        given: Typed | None = None,
        points: int = POINTS,
    ) -> SlicesAnswer:
        """Every response along every factor through a recipe.

        Args:
            campaign: its name.
            recipe: settings that are told, put on the machine's steps; the others are those of
                the best recipe.
            given: values of givens that are told.
            points: settings along each factor, at most.

        Raises:
            InputError: a setting is refused, or there is nothing to predict from.
        """
        state, findings = self.session.state(campaign), Findings()
        check_size({"points": points}, findings)
        about = picture_recipe(self.session, state, recipe, given, findings)
        from designer.engine.pictures.slices import slices

        return {**_head(state), **slices(about, points)}

    def recipe_map(
        self,
        campaign: str,
        x: str,
        y: str,
        recipe: Typed | None = None,
        *,
        given: Typed | None = None,
        size: tuple[int, int] = SIZE,
    ) -> MapAnswer:
        """Every response over two factors.

        Args:
            campaign: its name.
            x: factor across.
            y: factor upwards.
            recipe: what the others are held at; as of `slices`.
            given: values of givens that are told.
            size: settings across and upwards, at most.

        Raises:
            InputError: an axis or a setting is refused, or there is nothing to predict from.
        """
        state, findings = self.session.state(campaign), Findings()
        check_axes(state, x, y, findings)
        check_size({"size across": size[0], "size upwards": size[1]}, findings)
        about = picture_recipe(self.session, state, recipe, given, findings)
        from designer.engine.pictures.maps import recipe_map

        return {**_head(state), **recipe_map(about, x, y, (size[0], size[1]))}

    def information_map(
        self,
        campaign: str,
        x: str,
        y: str,
        recipe: Typed | None = None,
        *,
        given: Typed | None = None,
        size: tuple[int, int] = SIZE_INFORMATION,
    ) -> InformationAnswer:
        """What one more run brings, and costs, over two factors; arguments as of `recipe_map`."""
        state, findings = self.session.state(campaign), Findings()
        check_axes(state, x, y, findings)
        check_size({"size across": size[0], "size upwards": size[1]}, findings)
        about = picture_recipe(self.session, state, recipe, given, findings)
        from designer.engine.pictures.information import information_map

        return {**_head(state), **information_map(about, x, y, (size[0], size[1]))}

    def what_if(
        self,
        campaign: str,
        recipe: Typed | None = None,
        *,
        given: Typed | None = None,
        run: str | None = None,
    ) -> WhatIfAnswer:
        """What a run of a recipe would bring and cost.

        Args:
            campaign: its name.
            recipe: settings that are told; the others are those of the run, else of the best.
            given: values of givens that are told.
            run: open run it would be made instead of; None: one more.

        Raises:
            InputError: a setting or the run is refused, or there is nothing to predict from.
        """
        state, findings = self.session.state(campaign), Findings()
        old = None if run is None else _open_run(state, run)
        about = picture_recipe(self.session, state, recipe, given, findings, run=old)
        from designer.engine.pictures.information import what_if

        return {**_head(state), **what_if(about, old)}

    def evidence(self, campaign: str) -> EvidenceAnswer:
        """What results say of models, lines and campaign: parity, coverage, progress, trust.

        Raises:
            InputError: there is nothing to learn from.
        """
        state = self.session.state(campaign)
        fitted = learned(self.session, state)
        from designer.engine.pictures.results.evidence import evidence

        return {**_head(state), **evidence(fitted)}


def _head(state: CampaignState) -> OfCampaign:
    return {"campaign": state.spec.name, "head": state.head}


def _open_run(state: CampaignState, name: str) -> Run:
    run = state.run(name)
    if run.status not in OPEN:
        waiting = ", ".join(each.id for each in state.open_runs) or "there is none"
        what = "only a run that is still to be made can become another"
        raise InputError.at(f"run {run.id}", what, run.status, waiting)
    return run
