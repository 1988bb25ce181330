"""Recipes and givens as points of the unit cube.

Numeric inputs become their position on the range of the factor or given, 0 at its lowest and 1 at
its highest value, on the logarithm where it is compared so (`designer.campaigns.space.grids`);
settings really used may lie outside [0, 1]. A category becomes a corner of a regular simplex with
unit edges, one coordinate per category, so that every two categories are equally far apart and one
lengthscale serves all coordinates of the input (Qian, Wu & Wu 2008, Technometrics 50, 383:
exchangeable correlation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.space.grids import SettingScale
from designer.models.arrays import FloatArray, IntArray, input_count
from designer.models.sobol import scrambled_sobol

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

CORNER = np.sqrt(0.5)  # corners e_k / sqrt(2) of the simplex have unit distance
MIDDLE = 0.5  # of the unit cube: a number nobody recorded


@dataclass(frozen=True, slots=True)
class InputAxis:
    """One input: a factor or a given.

    Attributes:
        name: name of the factor or given.
        low: value encoded as 0 (numeric inputs; in the declared unit).
        high: value encoded as 1 (numeric inputs; in the declared unit).
        log: whether numbers are compared on the logarithm.
        categories: names of the categories, or None for a numeric input.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    categories: tuple[str, ...] | None = None

    @property
    def scale(self) -> SettingScale:
        """Where numbers lie between low and high."""
        return SettingScale(self.low, self.high, self.log)

    @property
    def width(self) -> int:
        """Number of columns this input takes."""
        return 1 if self.categories is None else len(self.categories)

    def encode(self, values: Sequence[Any] | np.ndarray) -> FloatArray:
        """Columns ``[n, width]`` of this input.

        Args:
            values: n numbers in the declared unit; for a categorical input names or codes.

        Raises:
            InputError: a value is no number, not finite or an unknown category.
        """
        if self.categories is not None:
            return self._encode_categories(values)
        try:
            numbers = np.asarray(values, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError):
            raise InputError(Problem(self.name, "expected numbers", allowed="numbers")) from None
        if not np.isfinite(numbers).all():
            raise InputError(Problem(self.name, "a value is missing or not finite"))
        if self.log and not (numbers > 0).all():
            what = "a value has no place on the logarithmic scale"
            found = quantity_text(float(numbers.min()))
            raise InputError(Problem(self.name, what, found=found, allowed="above 0"))
        # one allowed value only: the input says nothing, so every row gets 0
        return self.scale.position(numbers)[:, None]

    def encode_known(self, values: Sequence[Any]) -> FloatArray:
        """Columns ``[n, width]`` of values from elsewhere: None and new categories are allowed.

        A missing number is the middle of the range, a missing category an equal mixture of all
        (the simplex' centre). A category the input does not have becomes the one point that has
        unit distance to every corner, as one more category has; two of them are not told apart.
        """
        names = self.categories
        out = np.full((len(values), self.width), MIDDLE)
        if names is not None:
            # (x, …, x) at unit distance from all K corners, below the origin:
            # (√½ - x)² + (K - 1) x² = 1
            another = (CORNER - np.sqrt(0.5 + 0.5 * len(names))) / len(names)
            out[:] = another
            out[[i for i, value in enumerate(values) if value is None]] = CORNER / len(names)
        known = [i for i, v in enumerate(values) if v is not None and (not names or v in names)]
        if known:
            out[known] = self.encode([values[i] for i in known])
        return out

    def _encode_categories(self, values: Sequence[Any] | np.ndarray) -> FloatArray:
        names = self.categories or ()
        corners = CORNER * np.eye(len(names))
        if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
            known = (values >= 0) & (values < len(names))
            if known.all():  # large tables of codes need no loop
                return np.asarray(corners[values])
        lookup: dict[Any, int] = {name: code for code, name in enumerate(names)}
        lookup |= {code: code for code in range(len(names))}
        codes = [lookup.get(value) if _is_category(value) else None for value in values]
        if None in codes:
            unknown = {str(v) for v, code in zip(values, codes, strict=True) if code is None}
            shown = ", ".join(sorted(unknown))
            raise InputError(
                Problem(self.name, "unknown category", found=shown, allowed=", ".join(names))
            )
        return np.asarray(corners[np.array(codes, dtype=np.int64)])


def _is_category(value: object) -> bool:
    """Whether a value can be a name or a code."""
    return isinstance(value, (str, int, float, np.number)) and not isinstance(value, bool)


def cube_points(groups: IntArray, count: int, seed: int) -> FloatArray:
    """Scrambled-Sobol points ``[count, D]`` of the encoded space, categories at random corners.

    Args:
        groups: input index of every encoded column, ``[D]``.
        count: number of points; the first of the next power of two.
        seed: of the scrambling.
    """
    inputs = input_count(groups)
    if inputs == 0:
        return np.zeros((count, 0))
    u = scrambled_sobol(count, inputs, seed)
    points = np.zeros((count, len(groups)))
    for i in range(inputs):
        columns = np.flatnonzero(groups == i)
        if len(columns) == 1:
            points[:, columns[0]] = u[:, i]
        else:
            corner = np.minimum((u[:, i] * len(columns)).astype(np.int64), len(columns) - 1)
            points[np.arange(count), columns[corner]] = CORNER
    return points


@dataclass(frozen=True)
class Space:
    """All inputs of a campaign, in the order of the specification: factors, then givens.

    Attributes:
        axes: the inputs.
    """

    axes: tuple[InputAxis, ...]

    @classmethod
    def from_specification(cls, spec: Specification) -> Space:
        """The space of a campaign: bounds come from the specification, never from data."""
        axes = []
        for item in spec.inputs:
            if categories := getattr(item, "categories", None):
                axes.append(InputAxis(item.name, categories=tuple(categories)))
            else:
                low, high = item.bounds
                axes.append(InputAxis(item.name, float(low), float(high), item.scale.log))
        return cls(tuple(axes))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(axis.name for axis in self.axes)

    @property
    def widths(self) -> tuple[int, ...]:
        """Columns per input."""
        return tuple(axis.width for axis in self.axes)

    @property
    def dimension(self) -> int:
        """Number of encoded columns D."""
        return sum(self.widths)

    @cached_property
    def groups(self) -> IntArray:
        """Input index of every encoded column, ``[D]``."""
        return np.repeat(np.arange(len(self.axes), dtype=np.int64), self.widths)

    def encode(self, columns: Mapping[str, Sequence[Any] | np.ndarray]) -> FloatArray:
        """Encoded points ``[n, D]``.

        Args:
            columns: n values per input; further columns are ignored.

        Raises:
            InputError: a column is missing or holds values that cannot be encoded (all at once).
        """
        blocks: list[FloatArray] = []
        problems: list[Problem] = []
        for axis in self.axes:
            if axis.name not in columns:
                problems.append(Problem(axis.name, "no values for this input"))
                continue
            try:
                blocks.append(axis.encode(columns[axis.name]))
            except InputError as error:
                problems.extend(error.problems)
        if len({len(block) for block in blocks}) > 1:
            problems.append(Problem("columns", "the inputs have different numbers of values"))
        if problems:
            raise InputError(problems)
        return np.hstack(blocks) if blocks else np.zeros((0, 0))

    def encode_known(self, rows: Sequence[Mapping[str, Any]]) -> FloatArray:
        """Encoded points ``[n, D]`` of n rows from other lines, which may lack inputs.

        See `InputAxis.encode_known`.
        """
        if not rows or not self.axes:
            return np.zeros((len(rows), self.dimension))
        columns = [axis.encode_known([row.get(axis.name) for row in rows]) for axis in self.axes]
        return np.hstack(columns)

    def encode_recipes(self, recipes: Sequence[Mapping[str, Any]]) -> FloatArray:
        """Encoded points ``[n, D]`` of n recipes, each with a value for every input."""
        if not recipes:
            return np.zeros((0, self.dimension))
        names = [name for name in self.names if all(name in recipe for recipe in recipes)]
        return self.encode({name: [recipe[name] for recipe in recipes] for name in names})

    def as_codes(self, X: FloatArray) -> FloatArray:
        """One column per input of encoded points ``X [n, D]``, ``[n, d]``: categories as codes."""
        blocks = np.split(X, np.cumsum(self.widths)[:-1], axis=1) if self.axes else []
        columns = [
            block[:, 0] if axis.categories is None else block.argmax(axis=1).astype(np.float64)
            for axis, block in zip(self.axes, blocks, strict=True)
        ]
        return np.stack(columns, axis=1) if columns else np.zeros((len(X), 0))
