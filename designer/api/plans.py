"""What the API returns of runs: a plan, and the ids of runs nobody proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from designer.api.arguments import verb
from designer.api.frames import plan_frame
from designer.api.handle import Handle
from designer.api.html import headed, html_of_frame, html_table
from designer.api.tables import Table, Values, columns_of, texts_of
from designer.campaigns.specification.specification import Specification
from designer.render.expected import bits_words
from designer.render.words import NOTHING, amount, count, rounded

if TYPE_CHECKING:
    import pandas as pd

    from designer.acquisition.judge.answers import PlanWorth
    from designer.service.answers import AttachedAnswer, PlanAnswer
    from designer.service.verbs.judging import JudgeAnswer, PlanSource


DesignOption: TypeAlias = str | float | Mapping[str, str | float]
"""Value of an option of a design; of some options one per factor."""


class ProposedPlan:
    """Runs proposed together.

    Args:
        answer: what ``designer propose --json`` prints.
        spec: the campaign's specification at that time.
    """

    def __init__(self, answer: PlanAnswer, spec: Specification) -> None:
        self._answer = answer
        self._spec = spec

    def __len__(self) -> int:
        return len(self._answer["runs"])

    def __repr__(self) -> str:
        return f"ProposedPlan({self._answer['plan']!r}, {len(self)} runs)"

    def _repr_html_(self) -> str:
        """The plan in a notebook: its recipes in make-order."""
        answer = self._answer
        told = [count(len(self), "run"), f"cost {amount(self.cost)} {self._spec.costs.unit}"]
        if self.information_bits is not None:
            told.append(bits_words(self.information_bits))
        shown = [
            *(factor.name for factor in self._spec.factors),
            *(name for name in self.frame.columns if name.startswith("batch:")),
            *("information_bits", "cost", "in_spec"),
        ]
        return headed(
            f"Plan {answer['plan'] or 'of no runs'} of {answer['campaign']}",
            [", ".join(told), *answer["notes"]],
            html_of_frame(self.frame[[name for name in shown if name in self.frame.columns]]),
        )

    def to_dict(self) -> PlanAnswer:
        """The plan as the command line prints it with ``--json``."""
        return self._answer

    @property
    def runs(self) -> list[str]:
        """Run ids in the order of making."""
        return [run["run"] for run in self._answer["runs"]]

    @property
    def information_bits(self) -> float | None:
        """Information the plan is expected to bring, in bits; None when nothing is known yet."""
        return self._answer["information_bits"]

    @property
    def cost(self) -> float:
        """Cost of the plan in the campaign's cost unit."""
        return self._answer["cost"]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per run in make-order, indexed by run id.

        Columns: the factors, ``batch:<stage>``, ``order``, ``rank``, ``information_bits``,
        ``cost``, ``in_spec``, ``in_spec_measured``, ``reason``, and per response
        ``<response>_mean`` (the median), ``_sd``, ``_sd_result``, ``_low``, ``_high``, ``_low95``,
        ``_high95``; of a classical design ``StdOrder``, ``RunOrder``, ``PtType``, ``Blocks`` and
        ``WP``. Where a factor has the name of one of them, ours begins with ``run:``. Last the
        further columns of the table that the runs were chosen from; those called as one of ours
        begin with ``extra:``.
        """
        return plan_frame(self._answer, self._spec)


class CampaignDesigns(Handle):
    """Classical designs as plans."""

    @verb
    def design(
        self,
        name: str,
        *,
        n: int | None = None,
        replicates: int = 1,
        center_points: int | None = None,
        blocks: int = 1,
        budget: float | None = None,
        fix: Values | None = None,
        given: Values | None = None,
        replace: bool = False,
        reason: str | None = None,
        seed: int | None = None,
        dry_run: bool = False,
        request_id: str | None = None,
        **options: DesignOption | None,
    ) -> ProposedPlan:
        """Make a classical design the next plan.

        Its points are put on the machine's grid and made feasible; what that costs stands in
        ``to_dict()["design"]["facts"]``, with resolution, aliases and whole plots.

        Args:
            name: such as ``"central-composite"``; a wrong name is told the others.
            n: number of points, where the design leaves it open.
            replicates: how often every point but the centre is made, with batches of its own.
            center_points: centre points in all; default: what is usual for the design.
            blocks: number of blocks.
            budget: most the plan may cost: a design that costs more is refused.
            fix: settings every run shall have.
            given: values of givens, in their declared units.
            replace: abandon the open runs first.
            reason: why they are abandoned.
            seed: default: from campaign id and log position.
            dry_run: compute, but write nothing.
            request_id: makes the call safe to repeat, see `Campaign`.
            options: options of the design: ``type="inscribed"``, ``levels={"gap": 3}``; None is as
                left out.

        Raises:
            InputError: there is no such design, it does not suit these factors, or a value is
                refused.
            ConflictError: somebody changed the campaign meanwhile.
        """
        answer = self._writing(request_id).designs.propose(
            self.name,
            name,
            _option_texts(options),
            n,
            replicates=replicates,
            center_points=center_points,
            blocks=blocks,
            budget=budget,
            fix=texts_of(fix, "fix"),
            given=texts_of(given, "given"),
            replace=replace,
            reason=reason,
            seed=seed,
            dry_run=dry_run,
        )
        return ProposedPlan(self._tell(answer), self.spec)


def _option_texts(options: Mapping[str, DesignOption | None]) -> dict[str, str]:
    """Options as a person would have typed them: one per factor as ``levels:gap``."""
    flat: dict[str, object] = {}
    for name, value in options.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}:{factor}": own for factor, own in value.items()}
        elif value is not None:
            flat[name] = value
    words = {True: "yes", False: "no"}
    told = {k: words[v] if isinstance(v, bool) else v for k, v in flat.items()}
    return texts_of(told, "options")


class AttachedRuns(list[str]):
    """Ids of runs nobody proposed, in the order of their rows.

    Attributes:
        messages: what is odd about their results; they are kept all the same.
    """

    def __init__(self, answer: AttachedAnswer) -> None:
        super().__init__(answer["runs"])
        self.messages = answer["messages"]


Judgeable: TypeAlias = "Table | ProposedPlan | str | Path | Sequence[object]"
"""A plan to be judged: a table, a plan of ours or its id, a file; or several of them."""
EffectSize: TypeAlias = "float | Values"
"""Size of an effect in standard deviations of the noise; by response in its unit."""


def effect_texts(effect: object) -> list[str]:
    """Sizes of effects as typed on the command line."""
    if effect is None:
        return []
    if isinstance(effect, Real) and not isinstance(effect, bool):
        return [*texts_of({"effect": effect}, "effect").values()]
    return [f"{name}={size}" for name, size in texts_of(effect, "effect").items()]


def is_several(plans: object) -> bool:
    """Whether a list holds plans; a list of dicts of single values is the rows of one."""
    if not isinstance(plans, list | tuple):
        return False
    if not plans:
        return True
    rows = all(isinstance(each, Mapping) and not any(map(_holds, each.values())) for each in plans)
    return not rows


def _holds(value: object) -> bool:
    return isinstance(value, list | tuple) or hasattr(value, "__array__")


def plan_source(
    plan: object, argument: str, factors: Sequence[str], known: Mapping[str, object]
) -> PlanSource:
    """A plan as the verbs take it.

    Args:
        plan: what was passed.
        argument: its name, for messages.
        factors: names of an array's columns.
        known: plans of the campaign by id.

    Raises:
        InputError: it is neither table nor text.
    """
    if isinstance(plan, ProposedPlan):
        answer = plan.to_dict()
        name = answer["plan"]
        if not answer["dry_run"] and name is not None and name in known:
            return name
        plan = plan.frame.reset_index(drop=True)
    if isinstance(plan, str | Path):
        return plan
    columns = columns_of(plan, argument, factors)
    labels = [] if columns.index is None else columns.index.tolist()
    if "run" in columns.cells or not labels or not all(isinstance(each, str) for each in labels):
        return columns.cells
    return {"run": labels, **columns.cells}


class JudgedPlan(dict[str, object]):
    """What `Campaign.judge` returns: the answer's dict, which a notebook shows as a page.

    Args:
        answer: what ``designer propose --judge --json`` prints.
    """

    def __init__(self, answer: JudgeAnswer) -> None:
        super().__init__(answer)
        self._answer = answer

    def to_dict(self) -> JudgeAnswer:
        """The same dict, with the types of its keys."""
        return self._answer

    def __str__(self) -> str:
        return "\n".join(fact["text"] for fact in self._answer["summary"])

    def _repr_html_(self) -> str:
        answer = self._answer
        best = answer["best_order"]
        names = ("plan", "runs", f"cost [{answer['cost_unit']}]", "bits")
        rows: list[Sequence[object]] = [
            (answer["plan"], len(answer["runs"]), amount(best["cost"]), _bits(best))
        ]
        rows += [
            (other["name"], other["runs"], amount(other["cost"]), _bits(other))
            for other in answer["comparisons"]
        ]
        sentences = [fact["text"] for fact in answer["summary"]]
        return headed(f"{answer['plan']} judged", sentences, html_table(names, rows))


def _bits(worth: PlanWorth) -> str:
    bits = worth["information_bits"]
    return NOTHING if bits is None else rounded(bits)
