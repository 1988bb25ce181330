"""What limits and linear constraints leave of a mixture: a polytope, its corners and edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.designs.classical.room import Blend, DesignRoom
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.space.constraints import Constraint

_SLACK: Final = 1e-7  # of the room of a mixture: corners of pydoe are rounded to 1e-10
_PROBES: Final = 8  # points at which a constraint is compared with the plane through others


@dataclass(frozen=True, eq=False)
class Limits:
    """Half-spaces ``A x <= b`` of the components of a mixture.

    Attributes:
        blend: the mixture.
        A: normals, ``[m, q]``; least and most amounts first.
        b: ends, ``[m]``.
    """

    blend: Blend
    A: FloatArray
    b: FloatArray

    @classmethod
    def of(cls, room: DesignRoom, blend: Blend) -> Limits:
        """Limits of the components, and constraints on them alone that are linear there."""
        q = len(blend.names)
        A = [*-np.eye(q), *np.eye(q)]
        b = [*-blend.low, *blend.high]
        for constraint in room.region.constraints:
            plane = _plane(room, blend, constraint)
            if plane is not None:
                A.append(plane[0])
                b.append(plane[1])
        return cls(blend, np.array(A), np.array(b))

    def corners(self) -> FloatArray:
        """Corners, ``[n, q]``."""
        if len(self.A) > 2 * len(self.blend.names):
            found = self._of_half_spaces()
            if found is not None:
                return found
        from pydoe import extreme_vertices_design

        # above the least amounts, as shares of what is left
        most = np.minimum((self.blend.high - self.blend.low) / self.blend.room, 1.0)
        shares = extreme_vertices_design(np.zeros(len(most)), most)
        return np.asarray(self.blend.low + shares * self.blend.room)

    def _of_half_spaces(self) -> FloatArray | None:
        """Corners by duality (Qhull), without the last component; None: the region is flat."""
        from scipy.optimize import linprog
        from scipy.spatial import HalfspaceIntersection

        # x_q = total - the others: A' y <= b'
        A = self.A[:, :-1] - self.A[:, -1:]
        b = self.b - self.A[:, -1] * self.blend.total
        width = np.linalg.norm(A, axis=1)
        # the middle of the largest ball inside
        bounds = [(None, None)] * A.shape[1] + [(0, None)]
        goal = np.append(np.zeros(A.shape[1]), -1.0)
        ball = linprog(goal, A_ub=np.column_stack([A, width]), b_ub=b, bounds=bounds).x
        if ball is None or ball[-1] <= _SLACK * self.blend.room:
            return None
        y = HalfspaceIntersection(np.column_stack([A, -b]), ball[:-1]).intersections
        x = np.column_stack([y, self.blend.total - y.sum(axis=1)])
        return np.unique(np.round(x / self.blend.room, 9), axis=0) * self.blend.room

    def share_an_edge(self, one: FloatArray, other: FloatArray) -> bool:
        """Whether two corners share an edge: enough half-spaces end at both of them."""
        slack = _SLACK * self.blend.room * np.linalg.norm(self.A, axis=1)
        at = [np.abs(self.A @ corner - self.b) <= slack for corner in (one, other)]
        both = self.A[at[0] & at[1]]
        rank = np.linalg.matrix_rank(np.vstack([both, np.ones((1, self.A.shape[1]))]))
        return bool(rank >= self.A.shape[1] - 1)


def _plane(
    room: DesignRoom, blend: Blend, constraint: Constraint
) -> tuple[FloatArray, float] | None:
    """A constraint as ``a x <= b`` on the components of a mixture; None where it is none."""
    if constraint.when:
        return None
    known = dict(room.region.given)
    for name, value in room.region.fixed.items():
        if not isinstance(value, str):
            known[name] = float(value)
    if not {*constraint.names} <= {*blend.names, *known}:
        return None

    def excess(x: FloatArray) -> float:
        values = {**known, **dict(zip(blend.names, x.tolist(), strict=True))}
        return constraint.comparison.excess(lambda name: values[name])[0]

    rng = np.random.default_rng(0)
    q = len(blend.names)
    start = excess(blend.low)
    slopes = np.array([excess(blend.low + step) - start for step in np.eye(q)])
    probes = blend.low + rng.random((_PROBES, q)) * (blend.high - blend.low)
    told = np.array([excess(x) for x in probes])
    expected = start + (probes - blend.low) @ slopes
    size = 1.0 + np.abs(expected).max()
    if not np.isfinite(told).all() or np.abs(told - expected).max() > _SLACK * size:
        return None
    return slopes, float(slopes @ blend.low - start)
