"""What somebody wishes of a plan: settings kept, recipes to choose from, runs not to be made.

A wish restricts the runs and never what the plan is about, so what it costs can be told: the plan
beside the one without the wish, or beside the very runs that are not wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from designer.campaigns.commands.entries import OfferedRecipe
from designer.render.words import listed

if TYPE_CHECKING:
    from designer.acquisition.selection.context import OpenRun
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification


@dataclass(frozen=True)
class Offer:
    """Recipes a plan may be made of.

    Attributes:
        recipes: each is used once at most.
        name: in words, ``the 12 recipes of coils.csv``.
        apart: they are things of their own: a recipe that is open or failed may come again.
        labels: where each of them stands, ``line 4``; empty: nobody asks.
    """

    recipes: Sequence[OfferedRecipe]
    name: str = "the recipes at hand"
    apart: bool = False
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Wishes:
    """What is wished.

    Attributes:
        fixed: settings every run shall have.
        offer: recipes to choose from; None: all of the region.
        instead_of: open runs in whose place others are asked for.
    """

    fixed: Mapping[str, Setting] = field(default_factory=dict)
    offer: Offer | None = None
    instead_of: tuple[OpenRun, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fixed or self.offer or self.instead_of)

    def words(self, spec: Specification) -> str:
        """``keeping coating_gap at 200 um and choosing among the 12 recipes of coils.csv``."""
        told = []
        if self.instead_of:
            told.append(f"doing without {listed([run.run for run in self.instead_of])}")
        if self.fixed:
            kept = (f"{n} at {spec.factor(n).with_unit(v)}" for n, v in self.fixed.items())
            told.append(f"keeping {' and '.join(kept)}")
        if self.offer is not None:
            told.append(f"choosing among {self.offer.name}")
        return " and ".join(told)
