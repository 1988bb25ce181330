"""The classical designs by name: who makes them, what they can be asked, what they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from designer.acquisition.designs.classical.blends import (
    extreme_vertices,
    simplex_centroid,
    simplex_lattice,
)
from designer.acquisition.designs.classical.combinations import full_factorial
from designer.acquisition.designs.classical.factorials import (
    fractional_factorial,
    plackett_burman,
)
from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import DesignRoom
from designer.acquisition.designs.classical.spreads import latin_hypercube, sobol
from designer.acquisition.designs.classical.surfaces import (
    box_behnken,
    central_composite,
    definitive_screening,
)
from designer.acquisition.designs.options import OptionForm

Make = Callable[[DesignRoom, Asked], Published]


@dataclass(frozen=True)
class Entry:
    """A design of the catalogue.

    Attributes:
        name: as ``--design`` takes it.
        purpose: what it is for, in a few words.
        make: makes its points.
        options: what it can be asked.
        takes_runs: whether it has no number of runs of its own.
        blends: whether it can vary mixtures.
    """

    name: str
    purpose: str
    make: Make
    options: tuple[OptionForm, ...] = ()
    takes_runs: bool = False
    blends: bool = False


_FOLDOVER: Final = OptionForm("foldover", "the mirror image of every run as well", ("yes", "no"))

_ENTRIES: Final = (
    Entry(
        "full-factorial",
        "every combination of two or more levels",
        full_factorial,
        (
            OptionForm(
                "levels",
                "levels of numbers, of one alone as levels:factor=",
                ("all",),
                (2, 50),
                per="number",
            ),
        ),
    ),
    Entry(
        "fractional-factorial",
        "a part of the two-level combinations, of known resolution",
        fractional_factorial,
        (
            OptionForm("resolution", "least resolution", whole=(3, 8)),
            OptionForm("generators", "such as D=AB,E=-AC, letters of the factors", text=True),
            _FOLDOVER,
        ),
        takes_runs=True,
    ),
    Entry(
        "plackett-burman",
        "main effects of many factors in few runs",
        plackett_burman,
        (_FOLDOVER,),
        takes_runs=True,
    ),
    Entry(
        "central-composite",
        "a curved surface: cube, star and centre",
        central_composite,
        (
            OptionForm(
                "type",
                "where the star stands",
                ("face", "circumscribed", "inscribed"),
                default="face",
            ),
            OptionForm(
                "alpha",
                "how far it reaches",
                ("rotatable", "spherical", "orthogonal"),
                real=(1.0, 5.0),
            ),
            OptionForm("cube", "all corners, or a fraction", ("full", "fraction")),
        ),
    ),
    Entry("box-behnken", "a curved surface without corners", box_behnken),
    Entry(
        "definitive-screening",
        "main effects clear of curvature in few runs",
        definitive_screening,
        (
            OptionForm(
                "extra_factors", "columns of factors that are not there", whole=(0, 8), default="0"
            ),
        ),
    ),
    Entry(
        "latin-hypercube",
        "an even spread, every range in as many parts as runs",
        latin_hypercube,
        (
            OptionForm(
                "within", "where in its part a run stands", ("random", "middle"), default="random"
            ),
        ),
        takes_runs=True,
        blends=True,
    ),
    Entry("sobol", "an even spread that can be gone on with", sobol, takes_runs=True, blends=True),
    Entry(
        "simplex-lattice",
        "blends in equal steps",
        simplex_lattice,
        (OptionForm("degree", "steps from one component to another", whole=(1, 10), default="2"),),
        blends=True,
    ),
    Entry("simplex-centroid", "blends of equal shares", simplex_centroid, blends=True),
    Entry(
        "extreme-vertices",
        "corners of a mixture with limits",
        extreme_vertices,
        (OptionForm("edges", "their edges' middles as well", ("yes", "no"), default="no"),),
        blends=True,
    ),
)

CATALOGUE: Final = {entry.name: entry for entry in _ENTRIES}
"""The designs, in the order they are told in."""
