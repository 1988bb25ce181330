"""The verb about what to do next: propose."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from designer.campaigns.errors import Problem
from designer.campaigns.specification.parts import DEFAULT_RUNS, DESIGNS
from designer.cli.errors import UsageError
from designer.cli.text.judge import judged_text
from designer.cli.text.plan import plan_text
from designer.cli.verbs.arguments import CAMPAIGN, GIVEN, OPTIONAL_REASON, Argument
from designer.cli.verbs.tables import TABLE_OPTIONS, take_table_options
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import PlanAnswer
    from designer.service.verbs.judging import JudgeAnswer

_DESIGN = (
    Argument("options", "option=value", "of the design, such as type=inscribed", nargs="*"),
    Argument("--design", "NAME", f"a classical design: {', '.join(DESIGNS)}", known=DESIGNS),
    Argument("--replicates", "K", "make the design so many times, with new batches"),
    Argument("--center-points", "COUNT", "centre points in all (default: as usual for it)"),
    Argument("--blocks", "K", "make the design in so many blocks"),
)
_JUDGE = (
    Argument(
        "--judge",
        "FILE",
        "what plans of your own are worth: tables with a recipe per row, P003 for a plan of ours,"
        " `open` for the open runs; stores nothing",
        nargs="+",
    ),
    Argument(
        "--effect",
        "SIZE",
        "with --judge: the effect a plan should find, in standard deviations of the noise (default"
        " 2), or response=SIZE in its unit",
        nargs="+",
    ),
)
_WISHES = (
    Argument(
        "--instead-of",
        "RUN",
        "abandon these open runs, and propose as many that differ in what matters",
        nargs="+",
    ),
    replace(OPTIONAL_REASON, help="why runs are abandoned (--instead-of, --replace)"),
    Argument(
        "--among",
        "FILE",
        "only recipes of this table, each once: foils at hand, coils in store; its further columns"
        " (ids) come back with the runs",
    ),
)
_NOT_OF_DESIGNS = [each for each in _WISHES if each.name != "--reason"]
_WITH_JUDGE = ("campaign", "judge", "effect", "given", "seed", "dry_run")
_ARGUMENTS = (
    CAMPAIGN,
    Argument("-n", "N", f"number of runs (default {DEFAULT_RUNS}; see --budget)"),
    Argument("--budget", "COST", "what the plan may cost; without -n as many runs as fit"),
    Argument("--fix", "factor=value", "keep a factor there"),
    GIVEN,
    Argument("--replace", None, "first abandon the runs that are still open"),
    Argument(
        "--top-up",
        None,
        "only what is missing to N open runs, perhaps nothing; proposed runs that break the"
        " changed specification do not count",
    ),
    Argument("--seed", "S", "for random choices"),
    Argument("--dry-run", None, "show the plan, store nothing"),
    *_WISHES,
    *_DESIGN,
    *_JUDGE,
    *TABLE_OPTIONS,
)


def _propose_check(arguments: Namespace) -> None:
    others = {
        "--replace": arguments.replace,
        "--budget": arguments.budget is not None,
        "--design": arguments.design is not None,
        "--instead-of": arguments.instead_of,
    }
    if arguments.top_up:
        what = "does not go together with --top-up"
        problems = [Problem(option, what) for option, told in others.items() if told]
        if problems:
            raise UsageError(problems)
    _judge_check(arguments)
    _wishes_check(arguments)
    if arguments.design is None and not arguments.judge:
        what = "is about a classical design, and none is named"
        problems = [
            Problem(each.name, what, hint="Say --design NAME")
            for each in _DESIGN
            if getattr(arguments, each.attribute) not in (None, [])
        ]
        if problems:
            raise UsageError(problems)


def _wishes_check(arguments: Namespace) -> None:
    """What does not go together with wishes."""
    told = {"-n": arguments.n is not None, "--replace": arguments.replace}
    problems = []
    if arguments.instead_of:
        what = "does not go together with --instead-of, which proposes as many as it abandons"
        problems = [Problem(option, what) for option, is_told in told.items() if is_told]
    elif arguments.reason is not None and not arguments.replace:
        problems = [Problem("--reason", "belongs to --instead-of or --replace")]
    if arguments.design is not None:
        what = "does not go together with --design"
        given = (each for each in _NOT_OF_DESIGNS if getattr(arguments, each.attribute))
        problems += [Problem(each.name, what) for each in given]
    if problems:
        raise UsageError(problems)


def _judge_check(arguments: Namespace) -> None:
    """What belongs to judging and what does not."""
    declared = {each.attribute: each.name for each in _ARGUMENTS}
    tables = {each.attribute for each in TABLE_OPTIONS}
    if arguments.judge:
        what, foreign = "does not go together with --judge", declared.keys() - tables
        foreign -= {*_WITH_JUDGE}
    elif arguments.among is not None:
        what, foreign = "belongs to --judge", {"effect"}
    else:
        what, foreign = "belongs to --judge or --among", {*tables, "effect"}
    hint = "Say a value for all rows of a table with --set factor=value"
    problems = [
        Problem(name, what, hint=hint if arguments.judge and attribute == "fix" else None)
        for attribute, name in declared.items()
        if attribute in foreign and getattr(arguments, attribute) not in (None, False, {}, [])
    ]
    if problems:
        raise UsageError(problems)


def _ask(
    service: Service, arguments: Namespace
) -> PlanAnswer | JudgeAnswer | Sequence[JudgeAnswer]:
    from designer.campaigns.tables.options import TableOptions

    options = take_table_options(arguments, TableOptions)
    if not arguments.judge:
        told = _PROPOSE.told(arguments)
        for name in ("judge", "effect"):
            del told[name]
        if arguments.design is not None:
            for each in _NOT_OF_DESIGNS:
                del told[each.attribute]
            return _designed(service, told)
        for each in _DESIGN:
            del told[each.attribute]
        told["options"] = None if arguments.among is None else options
        propose: Callable[..., PlanAnswer] = service.plans.propose
        return propose(**told)
    found = service.judging.judge(
        arguments.campaign,
        arguments.judge,
        options=options,
        given=arguments.given,
        effect=arguments.effect or (),
        seed=arguments.seed,
    )
    return found if len(found) > 1 else found[0]


def _designed(service: Service, told: dict[str, object]) -> PlanAnswer:
    """A classical design, asked with the arguments of the verb."""
    own = {name: value for name, value in told.items() if value is not None and name != "top_up"}
    own["name"] = own.pop("design")
    propose: Callable[..., PlanAnswer] = service.designs.propose
    return propose(**own)


def _text(
    answer: PlanAnswer | JudgeAnswer | Sequence[JudgeAnswer],
    service: Service,
    arguments: Namespace,
) -> list[str]:
    if arguments.judge:
        judged = answer if isinstance(answer, list) else [answer]
        return judged_text(cast("list[JudgeAnswer]", judged))
    return plan_text(cast("PlanAnswer", answer), service, arguments)


_PROPOSE = Verb(
    "propose",
    "the next plan: which runs teach the most for their cost",
    _ARGUMENTS,
    _ask,
    _text,
    check=_propose_check,
    examples=(
        "propose nmc622-line4 -n 6",
        "propose nmc622-line4 --budget 8 --fix binder=PVDF-A --given humidity=35",
        "propose nmc622-line4 --top-up -n 8",
        "propose nmc622-line4 -n 3 --among coils.xlsx --map 'Thickness=foil_thickness'",
        "propose nmc622-line4 --instead-of R012 --reason 'gap too wide for this foil'",
        "propose nmc622-line4 --design central-composite type=inscribed --center-points 4",
        "propose nmc622-line4 --judge mine.csv --judge P003 --effect porosity=0.5",
    ),
    writes=True,
)

VERBS = (_PROPOSE,)
