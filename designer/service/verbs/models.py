"""Verbs about what is known: predict, best, status. The engine is loaded when called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.files import File
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import predicted_columns
from designer.campaigns.space.factors import Setting
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.recipes import recipe_flags
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.names import ENDINGS, IN_SPEC
from designer.engine.answers import ErrorFigures
from designer.engine.training_rows.left_out import has_training_data
from designer.service.advice import advice, outlook
from designer.service.answers import BestAnswer, Cell, PredictAnswer
from designer.service.details import judged_lines
from designer.service.figures import StatusAnswer
from designer.service.fits import keep_figures, learned, read_figures, warnings
from designer.service.flags import all_flags, older_copy_flags
from designer.service.session import Verbs
from designer.service.still_true import is_stale, still_true
from designer.service.values import Texts

if TYPE_CHECKING:
    from botorch.models.model import Model

_SHOWN = 5  # remarks about odd recipes
_NO_ERRORS: ErrorFigures = {"error_sd": None, "coverage": None}


class ModelVerbs(Verbs):
    """Verbs about what is known."""

    def predict(
        self,
        campaign: str,
        source: File | Texts,
        *,
        given: Texts | None = None,
        out: File | None = None,
        force: bool = False,
    ) -> PredictAnswer:
        """Predict the recipes of a table, or one as typed.

        Args:
            campaign: its name.
            source: a CSV or XLSX file, or values by factor.
            given: values of givens.
            out: file to write the table to.
            force: replace an existing file.

        Raises:
            InputError: a recipe is refused, or there is nothing to predict from.
        """
        from designer.campaigns.sheets.recipes import (
            recipes_from_texts,
            recipes_of,
            write_predictions,
        )

        state = self.session.state(campaign)
        if isinstance(source, File):
            from designer.campaigns.tables.layout import ExpectedColumns
            from designer.campaigns.tables.read import read_table

            expected = ExpectedColumns.of(state.spec, responses=False)
            table = read_table(source, expected=expected)
            recipes, told = recipes_of(table, state.spec), table.notes
        else:
            recipes, told = recipes_from_texts(state.spec, source), ()
        answer = self._predicted(state, recipes, given or {})
        answer["notes"] = [*told, *answer["notes"]]
        if out is not None:
            write_predictions(out, answer["columns"], answer["rows"], force=force)
            answer["file"] = str(out)
        return answer

    def predict_columns(
        self,
        campaign: str,
        columns: Mapping[str, Sequence[object]],
        *,
        given: Texts | None = None,
    ) -> PredictAnswer:
        """Predict recipes of columns in memory."""
        from designer.campaigns.sheets.recipes import recipes_of
        from designer.campaigns.tables.read import table_of_columns

        state = self.session.state(campaign)
        recipes = recipes_of(table_of_columns(columns), state.spec)
        return self._predicted(state, recipes, given or {})

    def _predicted(
        self, state: CampaignState, recipes: Sequence[Mapping[str, Setting]], given: Texts
    ) -> PredictAnswer:
        findings = Findings()
        told = settings_from_texts(state.spec.givens, given, "given", findings)
        findings.raise_if_any()
        fitted = learned(self.session, state)
        from designer.engine.predicting import predict_recipes
        from designer.engine.report import model_notes

        known, notes = fitted.givens({name: float(value) for name, value in told.items()})
        if all(given.name in recipe for given in state.spec.givens for recipe in recipes):
            notes = []
        filled = [{**known, **recipe} for recipe in recipes]
        found = predict_recipes(fitted, filled)
        keep_figures(self.session, fitted)
        inputs = [item.name for item in state.spec.inputs]
        rows: list[dict[str, Cell]] = [
            {
                **{name: recipe[name] for name in inputs},
                **predicted_columns(prediction.responses),
                "in_spec": prediction.in_spec,
                "in_spec_measured": prediction.in_spec_measured,
            }
            for recipe, prediction in zip(filled, found, strict=True)
        ]
        names = [f"{name}{ending}" for name in fitted.posteriors for ending in ENDINGS]
        return {
            "campaign": state.spec.name,
            "columns": [*inputs, *names, *IN_SPEC],
            "rows": rows,
            "file": None,
            "notes": [*notes, *_odd_recipes(state.spec, filled), *model_notes(fitted)],
            "head": state.head,
        }

    def best(self, campaign: str, n: int = 5) -> BestAnswer:
        """Recommended set-points with their probability of being in spec."""
        state = self.session.state(campaign)
        if n < 1:
            raise InputError.at("-n", "how many recipes", str(n), "1 or more")
        fitted = learned(self.session, state)
        from designer.engine.predicting import best_recipes
        from designer.engine.report import model_notes

        found = best_recipes(fitted, n)
        notes = model_notes(fitted)
        if not found:
            notes.append(
                "no response has a window or a goal, so no recipe is better than another:"
                " add one with amend"
            )
        return {"campaign": state.spec.name, "best": found, "notes": notes, "head": state.head}

    def status(self, campaign: str, *, refresh: bool | Literal["stale"] = False) -> StatusAnswer:
        """Where the campaign stands.

        Args:
            campaign: its name.
            refresh: evaluate the models anew; ``stale``: only when events came after.
        """
        state = self.session.state(campaign)
        figures = read_figures(self.session, state)
        wanted = refresh is True or (refresh == "stale" and is_stale(state, figures["seq"]))
        if wanted and has_training_data(state):
            figures = still_true(state, keep_figures(self.session, learned(self.session, state)))
        names = [response.name for response in state.spec.responses]
        lines = judged_lines(state, figures)
        told = warnings(state, lines, figures)
        return {
            "campaign": state.spec.name,
            "line": state.spec.line,
            "goal": state.spec.goal,
            "closed": state.closed,
            "runs": {str(status): count for status, count in state.status_counts.items()},
            "information_bits": figures["information_bits"],
            "expected_next_bits": figures["expected_next_bits"],
            "responses": {name: figures["responses"].get(name, _NO_ERRORS) for name in names},
            "lines": lines,
            "best": figures["best"],
            "outlook": outlook(state.spec, figures["outlook"]),
            "advice": advice(state, figures["outlook"]),
            "model": {"seq": figures["seq"], "stale": is_stale(state, figures["seq"])},
            "report": {name: figures["report"].get(name) for name in names},
            "history_odds": {name: figures["history_odds"].get(name) for name in names},
            "set_aside": figures["set_aside"],
            "warnings": told,
            "notes": [note for note in figures["notes"] if note not in told],
            "flags": [*older_copy_flags(self.session, state), *all_flags(state, figures)],
            "head": state.head,
        }

    def botorch_model(self, campaign: str) -> Model:
        """All responses as one BoTorch model."""
        return learned(self.session, self.session.state(campaign)).to_botorch()


def _odd_recipes(spec: Specification, recipes: Sequence[Mapping[str, Setting]]) -> list[str]:
    """Sentences about recipes outside the range or the constraints; the first few."""
    told: list[str] = []
    for number, recipe in enumerate(recipes, start=1):
        settings = {factor.name: recipe[factor.name] for factor in spec.factors}
        place = f"recipe {number}: " if len(recipes) > 1 else ""
        told += [f"{place}{flag}" for flag in recipe_flags(spec, settings)]
    hidden = len(told) - _SHOWN
    return told[:_SHOWN] + ([f"… and {hidden} more such remarks"] if hidden > 0 else [])
