"""Everything learned from a campaign's log: training data and one posterior per response."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, make_candidates
from designer.campaigns.earlier_lines.untested import untested_lines_note
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.runs import RESULT_IS_RIGHT
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Given, quantity_text
from designer.campaigns.values.numbers import number_text
from designer.engine.answers import OddResult
from designer.engine.process_links import response_links, unused_knowledge
from designer.engine.training_rows.left_out import has_training_data, left_out_notes, left_out_of
from designer.engine.training_rows.training_set import (
    TrainingSet,
    default_givens,
    fit_success,
    training_set,
)
from designer.models.compression.fit_cache import Memory
from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.doubtful_result import find_doubtful
from designer.models.fitting.all_responses import fit_responses
from designer.models.fitting.history_weight import Belief, WeighedFits
from designer.models.posterior.posterior import ResponsePosterior
from designer.models.success_gp import SuccessModel

if TYPE_CHECKING:
    from botorch.models.model import Model

Progress = Callable[[str, float | None], None]

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class FittedCampaign:
    """A campaign at one log position, with its fitted models.

    Attributes:
        state: the campaign.
        training: what the models learned from.
        posteriors: belief about each response that was ever measured, at the most probable
            hyperparameters, by name: what plans are computed with.
    """

    state: CampaignState
    training: TrainingSet
    posteriors: dict[str, ResponsePosterior]

    @cached_property
    def weighed(self) -> WeighedFits:
        """The same, weighed against the own results alone."""
        space = self.training.space
        links = response_links(self.state.spec, space)
        return WeighedFits(self.posteriors, self.training.responses, space.groups, links)

    @property
    def averaged(self) -> dict[str, Belief]:
        """Averages over hyperparameters: what is shown and what plans are made with."""
        return self.weighed.averaged

    @cached_property
    def success(self) -> SuccessModel | None:
        """Where runs can be made at all; None while nothing failed."""
        return fit_success(self.state, self.training)

    @cached_property
    def candidates(self) -> Candidates:
        """Recipes that may be proposed when nobody told what the givens are."""
        return make_candidates(self.state.spec, given=self.default_givens)

    @cached_property
    def default_givens(self) -> dict[str, float]:
        """What a given is taken to be when nobody told."""
        return default_givens(self.state)

    def givens(self, told: Mapping[str, float]) -> tuple[dict[str, float], list[str]]:
        """A value for every given, and a sentence about each that was assumed."""
        values, notes = {**self.default_givens, **told}, []
        for given in self.state.spec.givens:
            if given.name not in told:
                shown = quantity_text(values[given.name], given.unit)
                notes.append(f"{given.name} was not given: taken to be {shown}")
        return values, notes

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user about data and fits."""
        fits = (note for p in self.posteriors.values() for note in p.fitted.report.messages)
        doubt = untested_lines_note(self.state)
        doubts = () if doubt is None else (doubt,)
        known = (*unused_knowledge(self.state.spec), *self.training.notes)
        odd = (each["message"] for each in self.doubtful)
        return (*known, *fits, *odd, *self._moves(), *doubts)

    @cached_property
    def doubtful(self) -> list[OddResult]:
        """Own results that count although they look like slips, by response."""
        found: list[OddResult] = []
        for name, posterior in self.posteriors.items():
            data = posterior.fitted.data
            odd = find_doubtful(posterior.fitted, self._confirmed(data))
            if odd is not None:
                found.append(
                    {
                        "run": data.run_ids[int(data.runs[odd.row])],
                        "line": None,
                        "response": name,
                        "value": float(data.y[odd.row]),
                        "message": odd.message,
                    }
                )
        return found

    def _confirmed(self, data: ResponseData) -> list[int]:
        """Rows of own results that somebody looked at and found right."""
        right = {
            (run.id, value.number)
            for run in self.state.runs.values()
            if run.confirmed
            for value in run.measurements.get(data.name, ())
            if run.is_confirmed(data.name, value, *RESULT_IS_RIGHT)
        }
        own = np.flatnonzero(data.target).tolist() if right else []
        return [
            row for row in own if (data.run_ids[int(data.runs[row])], float(data.y[row])) in right
        ]

    def _moves(self) -> list[str]:
        """Sentences about inputs along which the own runs were moved to lie upon the lines'."""
        space, told = self.training.space, []
        for name, posterior in self.posteriors.items():
            move = posterior.fitted.input_transform.move
            if move is None:
                continue
            for column in np.flatnonzero(move).tolist():
                item = self.state.spec.inputs[int(space.groups[column])]
                size = _moved_by(item, abs(float(move[column])))
                told.append(
                    f"{name}: the own runs lie beside those of the earlier lines along {item.name},"
                    f" and fit them much better when {item.name} of the lines is read {size}"
                    f" {'lower' if move[column] > 0 else 'higher'}: used so. Does a gauge read"
                    " otherwise here?"
                )
        return told

    @property
    def hyperparameters(self) -> dict[str, dict[str, float]]:
        """Fitted hyperparameters per response, JSON-able."""
        return {name: p.fitted.hyperparameters for name, p in self.posteriors.items()}

    def to_botorch(self) -> Model:
        """All responses with data as outputs of one BoTorch model, averaged over hyperparameters.

        Outputs stand in the specification's order; see ``designer.models.botorch_adapter.model``.
        """
        from designer.models.botorch_adapter.model import to_botorch  # loads torch

        return to_botorch([*self.averaged.values()], self.training.space)


def _moved_by(item: Factor | Given, share: float) -> str:
    """A share of the range of an input in words: ``20 um``, ``a factor of 2.5``."""
    low, there = item.scale.at(0.0), item.scale.at(share)
    if item.scale.log:
        return f"a factor of {number_text(float(f'{there / low:.2g}'))}"
    return quantity_text(float(f"{there - low:.2g}"), item.unit)


def fit_campaign(
    state: CampaignState, progress: Progress, memory: Memory | None = None
) -> FittedCampaign:
    """Fit every response from the default starts, so that the log alone decides the result.

    Args:
        state: the campaign.
        progress: told what is being done.
        memory: of what long histories said before; changes the time, never the result.
    """
    began = time.perf_counter()
    training = training_set(state)
    posteriors = fit_responses(
        training.responses,
        training.space.groups,
        len(training.lines),
        response_links(state.spec, training.space),
        watch=lambda name, share: progress(f"learning {name}", share),
        memory=memory,
    )
    _LOGGER.info(
        "campaign %s: %d responses fitted at event %d in %.2f s",
        state.spec.name,
        len(posteriors),
        state.seq,
        time.perf_counter() - began,
    )
    return FittedCampaign(state, training, posteriors)


def fit_known_campaign(
    state: CampaignState, progress: Progress, memory: Memory | None = None
) -> FittedCampaign:
    """`fit_campaign`, refusing a campaign that knows nothing.

    Raises:
        InputError: no result and no earlier line.
    """
    if not has_training_data(state):
        aside = "; ".join(left_out_notes(left_out_of(state)))
        raise InputError(
            Problem(
                state.spec.name,
                "there is nothing to predict from: no result and no earlier line in use",
                found=aside or None,
                hint="Record a run, or add an earlier line with `designer lines add`",
            )
        )
    return fit_campaign(state, progress, memory)
