"""Verbs of the API about what is known: predictions, tables, the model and its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from designer.api.arguments import Moment, Points, moment_text, verb
from designer.api.frames import (
    best_frame,
    column_kinds,
    data_frame,
    history_frame,
    predictions_frame,
    typed_frame,
)
from designer.api.handle import Handle
from designer.api.html import ShownStatus
from designer.api.messages import python_answer, python_words, tell
from designer.api.plans import (
    EffectSize,
    Judgeable,
    JudgedPlan,
    effect_texts,
    is_several,
    plan_source,
)
from designer.api.tables import Table, Values, columns_of, texts_of
from designer.campaigns.tables.options import TableOptions

if TYPE_CHECKING:
    import pandas as pd
    from botorch.models.model import Model
    from torch import Tensor

    from designer.campaigns.tables.options import DecimalWord
    from designer.service import answers
    from designer.service.figures import StatusAnswer


class CampaignKnowledge(Handle):
    """Where the campaign stands, what recipes would give, and the tables behind it."""

    @verb
    def predict(self, frame: Table, *, given: Values | None = None) -> pd.DataFrame:
        """Predict recipes: the factors, what each response will be, and the chance to be in spec.

        Per response ``<response>_mean`` (the median) and ``_sd`` of the noise-free response; one
        more batch made and measured: ``_sd_result``, ``_low`` and ``_high`` (68 %), ``_low95``
        and ``_high95`` (95 %), inside ``possible``. ``in_spec``: the recipe itself;
        ``in_spec_measured``: one more batch made and measured.

        Raises:
            InputError: a recipe is refused, or there is nothing to predict from.
        """
        spec = self.spec
        recipes = columns_of(frame, "frame", [factor.name for factor in spec.factors])
        known = texts_of(given, "given")
        answer = self.service.models.predict_columns(self.name, recipes.cells, given=known)
        return predictions_frame(self._tell(answer), spec, recipes.index)

    @verb
    def status(self, *, refresh: bool = True) -> StatusAnswer:
        """Where the campaign stands; evaluates the models when events came after."""
        wanted: Literal["stale", False] = "stale" if refresh else False
        answer = self._tell(self.service.models.status(self.name, refresh=wanted))
        return cast("StatusAnswer", ShownStatus(answer, self.spec))

    @verb
    def best(self, n: int = 5) -> pd.DataFrame:
        """Recommended set-points with predictions and both probabilities of being in spec."""
        answer = self._tell(self.service.models.best(self.name, n))
        return best_frame(answer["best"], self.spec)

    @verb
    def judge(
        self,
        plan: Judgeable,
        *,
        effect: EffectSize | None = None,
        given: Values | None = None,
        units: Values | None = None,
        constants: Values | None = None,
        seed: int | None = None,
        compare: bool = True,
    ) -> JudgedPlan | list[JudgedPlan]:
        """What a plan is worth, whoever made it; writes nothing.

        Cost and bits beside plans of ours of the same cost, which models it can estimate, aliases,
        power, leverage, repeated recipes, rows that cannot be made. ``print(judged)`` tells it in
        sentences.

        Args:
            plan: a table with a recipe per row (every factor, optionally givens, ``batch:<stage>``,
                ``run``, or an index, with ids of open runs), a plan of ours or its id, ``"open"``
                for the open runs, the path of a file; or a list of those, which gives a list.
            effect: size of the effects it should find: a number (standard deviations of the noise,
                default 2) or a dict by response in its unit.
            given: values of givens, where a row does not tell its own.
            units: unit of a column's numbers, where it is not the declared one.
            constants: settings that are the same in all rows.
            seed: of the plans it is compared with.
            compare: put plans of ours, a D-optimal one and what is set up beside it.

        Raises:
            InputError: with every bad column and cell.
        """
        state, several = self._state(), is_several(plan)
        factors = [factor.name for factor in state.spec.factors]
        plans = list(cast("list[object]", plan)) if several else [plan]
        options = TableOptions(
            units=texts_of(units, "units"), constants=texts_of(constants, "constants")
        )
        found = self.service.judging.judge(
            self.name,
            [plan_source(each, "plan", factors, state.plans) for each in plans],
            options=options,
            given=texts_of(given, "given"),
            effect=effect_texts(effect),
            seed=seed,
            compare=compare,
        )
        tell(python_words(note) for answer in found for note in answer["notes"])
        judged = [JudgedPlan(python_answer(answer)) for answer in found]
        return judged if several else judged[0]

    @verb
    def data(self) -> pd.DataFrame:
        """Every measurement: planned and used settings, status, batches, times, design."""
        return data_frame(self.service.campaigns.data(self.name), self.spec)

    @verb
    def history(self, run: str | None = None, since: Moment | None = None) -> pd.DataFrame:
        """Who did what and when, oldest first, indexed by event number."""
        return history_frame(
            self.service.campaigns.history(self.name, run, moment_text(since))["events"]
        )

    @verb
    def model(self) -> Model:
        """All responses as one BoTorch model.

        Inputs ``[…, q, d]`` as `encode` makes them: one column per factor and given in the
        specification's order, numbers scaled to the unit cube, categories as integer codes.
        Outputs in declared units. Its posterior is that of `predict`: averaged over
        hyperparameters, mean and covariance those of the mixture.

        Raises:
            InputError: nothing was measured yet.
        """
        return self.service.models.botorch_model(self.name)

    @verb
    def encode(self, frame: Table) -> Tensor:
        """Inputs of `model` for recipes, ``[n, d]``, float64: what `optimize_acqf` works on.

        Args:
            frame: every factor and given; settings may lie off the machine's grid.

        Raises:
            InputError: a value is missing or refused.
        """
        from designer.api.model_inputs import encoded

        names = [item.name for item in self.spec.inputs]
        return encoded(self.spec, columns_of(frame, "frame", names).cells)

    @verb
    def decode(self, X: Points, *, snap: bool = True) -> pd.DataFrame:
        """Recipes of inputs of `model`, such as candidates of `optimize_acqf`.

        ``decode(encode(frame))`` gives the machine's set-points back exactly.

        Args:
            X: ``[n, d]`` or ``[d]``, a tensor or array.
            snap: take the nearest set-point of the machine; False: the numbers as they are
                (rounded to 12 digits). Categories are always the nearest code. Constraints and
                mixtures are not mended: a recipe that breaks one is warned of.

        Raises:
            InputError: no finite numbers, or another number of columns.
        """
        from designer.api.model_inputs import decoded

        recipes, odd = decoded(self.spec, X, snap=snap)
        tell(odd)
        names = [item.name for item in self.spec.inputs]
        return typed_frame(recipes, column_kinds(self.spec), names)

    @verb
    def export(
        self,
        path: str | Path,
        *,
        what: str = "plan",
        plan: str | None = None,
        decimal: DecimalWord = "point",
        judge: bool = False,
        force: bool = False,
    ) -> answers.ExportAnswer:
        """Write plan, data, events or specification to a file; its ending names the format.

        Args:
            path: the file: of a plan .csv, .xlsx, .html, .md or .json, of data .csv, .xlsx or
                .json, of events .csv or .json, of a specification .toml or .json.
            what: ``plan``, ``data``, ``events`` or ``spec``.
            plan: only the runs of this plan.
            decimal: mark of the numbers of a .csv; ``comma``: semicolons between its cells, as
                spreadsheets of some languages write them.
            judge: tell what the plan is worth, too, in a workbook or on a run sheet.
            force: replace an existing file.
        """
        answer = self.service.campaigns.export(
            self.name, Path(path), what=what, plan=plan, decimal=decimal, judge=judge, force=force
        )
        return self._tell(answer)
