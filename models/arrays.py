"""Array types of the model rooms: float64 everywhere unless a docstring says otherwise.

What a posterior is computed with at prediction takes arrays of numpy and of torch, which BoTorch
differentiates: such code asks `namespace` for its functions.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
RealArray: TypeAlias = NDArray[Any]  # float64, or float32 where speed was asked for
Array: TypeAlias = Any  # of numpy or torch
ArrayT = TypeVar("ArrayT", bound=Any)  # the same, in and out


def namespace(X: Array) -> ModuleType:
    """The module whose functions take this array: torch for its tensors, else numpy.

    Who has a tensor has loaded torch; nothing here does.
    """
    torch = sys.modules.get("torch")
    return torch if torch is not None and isinstance(X, torch.Tensor) else np


def input_count(groups: IntArray) -> int:
    """Number of inputs, from the input index of every encoded column ``[D]``."""
    return int(groups.max()) + 1 if len(groups) else 0


def as_dtype(X: Array, dtype: DTypeLike) -> Array:
    """A numpy array in another type; tensors stay float64."""
    return X.astype(dtype, copy=False) if isinstance(X, np.ndarray) else X


def in_place(X: Array) -> RealArray | None:
    """Where a function of X may write its result: X itself, but no tensor (its graph needs it)."""
    return X if isinstance(X, np.ndarray) else None
