"""A specification while it is being read: the parts so far and everything wrong with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from designer.campaigns.errors import Problem
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.specification.fields import Fields, found_text
from designer.campaigns.specification.parts import Response, Stage
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.unit_grammar import MOST_CHARACTERS
from designer.campaigns.values.units import check_unit


@dataclass
class SpecificationDraft:
    """What could be read so far.

    Items are kept by their field path; those too broken to use are missing, but their names stay
    known, so that using them elsewhere causes no second message.

    Attributes:
        trusted: accepted once before, so units are not looked up again.
        problems: everything wrong so far.
        fields: path → the item as written.
        taken: name → path of the item that has it, all kinds together.
        names: table → every name written down in it.
    """

    trusted: bool = False
    problems: list[Problem] = field(default_factory=list)
    fields: dict[str, Fields] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    stages: dict[str, Stage] = field(default_factory=dict)
    factors: dict[str, Factor] = field(default_factory=dict)
    givens: dict[str, Given] = field(default_factory=dict)
    mixtures: dict[str, Mixture] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)

    def declare(self, table: str, fields: Fields) -> str:
        """The name of an item; notes a bad name and one that is taken."""
        name = fields.name()
        if name is None:
            return ""
        if name in self.taken:
            fields.wrong("name", f"the name is taken by {self.taken[name]}", f"'{name}'")
        self.taken.setdefault(name, fields.path)
        self.names[table].append(name)
        return name

    def stage_of(self, fields: Fields) -> str | None:
        """The stage an item names; notes one that does not exist."""
        stage = fields.text("stage", limit=64)
        known = self.names["stage"]
        if stage is None or stage in known:
            return stage
        allowed = ", ".join(known) or "none: there is no [[stage]]"
        fields.wrong("stage", "unknown stage", f"'{stage}'", allowed, suggestion(stage, known))
        return None

    def unit_of(self, fields: Fields) -> str | None:
        """The unit of an item, which is also shown behind its numbers in messages."""
        unit = fields.text("unit", limit=MOST_CHARACTERS)
        what = None if unit is None or self.trusted else check_unit(unit)
        if what is not None:
            allowed = "mg/cm^2, um, wt%, 1 and everything else that pint reads"
            fields.wrong("unit", what, found_text(unit), allowed)
        fields.unit = unit or ""
        return unit

    def factor(self, name: str) -> Factor | None:
        """The usable factor of this name."""
        return next((f for f in self.factors.values() if f.name == name), None)

    def given(self, name: str) -> Given | None:
        """The usable given of this name."""
        return next((g for g in self.givens.values() if g.name == name), None)
