"""A classical design by name on a campaign's machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.candidates.region import Columns
from designer.acquisition.designs.by_criterion import OPTIMAL, OPTIONS, best_design
from designer.acquisition.designs.classical.catalogue import CATALOGUE, Entry
from designer.acquisition.designs.classical.parts import complete
from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import DesignRoom
from designer.acquisition.designs.design import Design, DesignRun, Option
from designer.acquisition.designs.model_terms import ModelTerms
from designer.acquisition.designs.optimal.optimal import EarlierRuns
from designer.acquisition.designs.options import ORDER, options_told, read_options
from designer.acquisition.designs.placing import Placed, different_recipes, place
from designer.acquisition.designs.quality import blocks_told, cost_of_moving
from designer.acquisition.designs.refusals import refused
from designer.campaigns.errors import Findings
from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.specification.parts import MOST_RUNS
from designer.campaigns.values.names import suggestion
from designer.render.words import count as counted

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification


NAMES: Final = (*CATALOGUE, *OPTIMAL)
"""Names of all designs, as they are told."""


@dataclass(frozen=True)
class DesignRequest:
    """The design somebody asks for.

    Attributes:
        name: as ``--design`` takes it.
        options: option to value, as typed.
        runs: number of points, where the design leaves it open; None: its own.
        replicates: how often every point but the centre is made.
        center_points: centre points in all; None: what is usual for the design.
        blocks: number of blocks.
        earlier: runs that are made or open, for a design that goes on from them.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    runs: int | None = None
    replicates: int = 1
    center_points: int | None = None
    blocks: int = 1
    earlier: EarlierRuns | None = None


def option_names(name: str) -> tuple[str, ...]:
    """Names of the options of a design; of one that is not there none."""
    forms = CATALOGUE[name].options if name in CATALOGUE else OPTIONS if name in OPTIMAL else ()
    return tuple(form.name for form in (*forms, ORDER))


def make_design(
    spec: Specification,
    request: DesignRequest,
    *,
    fixed: Mapping[str, Setting],
    given: Mapping[str, float],
    seed: int,
    progress: Callable[[float], None] | None = None,
) -> Design:
    """A design whose runs are all feasible recipes.

    Args:
        spec: the campaign's specification.
        request: what is asked for.
        fixed: settings that every run has, checked.
        given: a value for every given.
        seed: of all chance.
        progress: told which share of a search is done; what it raises ends it.

    Raises:
        InputError: there is no such design, it cannot be made of these factors or in this size, or
            an option is none of its; all problems at once.
    """
    if request.name not in NAMES:
        raise refused(
            "there is no design of this name",
            request.name,
            ", ".join(NAMES),
            suggestion(request.name, NAMES),
        )
    entry = CATALOGUE.get(request.name)
    room = DesignRoom.of(spec, fixed, given)
    findings = Findings()
    forms = OPTIONS if entry is None else entry.options
    options = read_options(forms, request.options, room, findings)
    findings.raise_if_any()
    asked = Asked(
        options,
        request.runs,
        request.replicates,
        request.center_points,
        request.blocks,
        np.random.default_rng(seed),
        request.earlier,
    )
    _check_room(room, entry)
    if entry is None:
        design = best_design(room, request.name, asked, seed, progress)
        _check_size(request, len(design))
        return design
    published = entry.make(room, asked)
    points = len(published)
    published = complete(room, asked, published)
    if not entry.takes_runs and request.runs not in {None, points, len(published)}:
        _refuse_size(entry, request, len(published))
    _check_size(request, len(published))
    return _on_machine(room, entry, options, published, seed)


def _check_size(request: DesignRequest, runs: int) -> None:
    told = counted(runs, "run")
    if runs > MOST_RUNS:
        what = "the design with its replicates has too many runs"
        raise refused(what, told, f"at most {MOST_RUNS}")
    if request.blocks > runs:
        raise refused("there are more blocks than runs", told, where="--blocks")


def _check_room(room: DesignRoom, entry: Entry | None) -> None:
    if room.blends and entry is not None and not entry.blends:
        blend = room.blends[0]
        raise refused(
            f"{entry.name} sets every factor on its own, but a mixture has to sum up",
            " + ".join(blend.names),
            hint="extreme-vertices, simplex-centroid, sobol and d-optimal vary mixtures; or keep"
            " the components with --fix",
        )
    if not room.process and not room.blends:
        raise refused("no factor is left to vary", hint="Fix fewer factors with --fix")


def _refuse_size(entry: Entry, request: DesignRequest, own: int) -> None:
    takers = [each.name for each in CATALOGUE.values() if each.takes_runs]
    open_ones = ", ".join([*takers, *OPTIMAL])
    raise refused(
        f"{entry.name} of these factors has its own number of runs",
        str(request.runs),
        str(own),
        f"Leave -n out. {open_ones} take one",
        where="-n",
    )


def _on_machine(
    room: DesignRoom,
    entry: Entry,
    options: Mapping[str, Option],
    published: Published,
    seed: int,
) -> Design:
    wanted = room.columns(published.coded, published.amounts)
    placed = place(room.region, wanted, seed)
    spec, fixed, order = room.spec, room.region.fixed, published.order
    _refuse_lost(ModelTerms.of(spec, "linear", fixed), wanted, placed)
    cost = cost_of_moving(spec, fixed, order, wanted, placed.columns)
    once = np.ones(len(published), dtype=np.int64)
    blocks = once if published.blocks is None else published.blocks
    passes = once if published.passes is None else published.passes
    runs = tuple(
        DesignRun(
            settings={name: placed.columns[name][row].item() for name in room.region.names},
            point=DesignPoint(row + 1, int(published.kinds[row]), int(blocks[row])),
            passed=int(passes[row]),
        )
        for row in range(len(published))
    )
    claims = published.claims
    if placed.moved or cost:
        claims = tuple(f"as published: {claim}" for claim in claims)
    found = published.as_made(placed.columns) if published.as_made else []
    facts = [*published.facts, *claims, *found, *placed.facts, *cost]
    if blocks.max() > 1:
        facts.append(blocks_told(spec, fixed, order, placed.columns, blocks))
    return Design(entry.name, options_told(options), runs, tuple(facts))


def _refuse_lost(linear: ModelTerms, wanted: Columns, placed: Placed) -> None:
    """Refuse a design that fell together to fewer recipes than there are effects.

    Raises:
        InputError: it did.
    """
    different = len(np.unique(placed.codes, axis=0))
    if different < len(linear) <= different_recipes(wanted):
        raise refused(
            "what is feasible leaves no room for this design: fewer different recipes are left than"
            f" the {counted(len(linear), 'term')} of the linear model",
            counted(different, "recipe"),
            hint="Widen what binds the factors, keep some with --fix, or take d-optimal, which is"
            " made within it",
        )
