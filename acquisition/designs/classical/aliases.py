"""Which effects a two-level design cannot tell apart, in words."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from designer.acquisition.designs.classical.published import Published
from designer.acquisition.designs.classical.room import DesignRoom

_TOLD = 6  # groups that are told; the rest is counted (assumption: nobody reads on)


def alias_facts(room: DesignRoom, published: Published) -> list[str]:
    """Sentences about effects of one and two factors whose columns are the same but for the sign.

    Computed from the points, not from the generators.
    """
    names = [factor.name for factor in room.process]
    signs = np.where(
        [factor.is_categorical for factor in room.process],
        2 * published.coded - 1,
        published.coded,
    )
    groups: dict[bytes, list[str]] = {}
    effects = [(name, signs[:, k]) for k, name in enumerate(names)]
    effects += [
        (f"{names[i]} × {names[j]}", signs[:, i] * signs[:, j])
        for i, j in combinations(range(len(names)), 2)
    ]
    for name, column in effects:
        key = (column * column[0]).astype(np.int8).tobytes()
        groups.setdefault(key, []).append(name)
    mixed = [group for group in groups.values() if len(group) > 1]
    if not mixed:
        return ["no effect of one or two factors is mixed up with another one"]
    told = ["; ".join(" = ".join(group) for group in mixed[:_TOLD])]
    if len(mixed) > _TOLD:
        told.append(f"and {len(mixed) - _TOLD} more such groups")
    return [f"cannot be told apart: {', '.join(told)}"]
