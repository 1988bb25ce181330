"""Whether something read from a file has the shape its type promises."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Check = Callable[[object], bool]
"""Whether a value has one shape."""

_LARGEST = 2**63 - 1  # what SQLite, numpy and every file format take as a whole number
_LARGEST_WRITTEN = 10**308  # a whole number that stands for a float


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place in a value that is not as its type promises.

    Attributes:
        place: ``runs 2, settings gap``; empty: the value itself.
        found: what is there.
        is_missing: nothing is there, and should be.
    """

    place: str
    found: object
    is_missing: bool = False


def has_shape(value: object, wanted: object, *, others: bool = False) -> bool:
    """Whether a JSON value is what an annotation says, down to every leaf.

    Args:
        value: as parsed: dicts, lists, texts, numbers, booleans, None.
        wanted: a TypedDict, ``list[X]``, ``dict[str, X]``, their abstract kinds, a union, a
            literal, ``Annotated[X, rule, …]`` with rules that every value keeps, or a type of JSON.
            A float may be written as an integer and is finite.
        others: whether a TypedDict may have further keys.

    Raises:
        TypeError: for annotations of other kinds.
    """
    return _check(wanted, others)(value)


def misfits(value: object, wanted: object, place: str = "") -> Iterator[Misfit]:
    """Name what keeps a value from having a shape; arguments as of `has_shape`, others allowed."""
    if _check(wanted, True)(value):
        return
    origin, parts = get_origin(wanted), get_args(wanted)
    if is_typeddict(wanted) and isinstance(value, dict):
        required, optional = members(wanted)
        for key, kind in (required | optional).items():
            inside = f"{place}, {key}" if place else key
            if key in value:
                yield from misfits(value[key], kind, inside)
            elif key in required:
                yield Misfit(inside, None, is_missing=True)
        further = (key for key in value if key not in required | optional)
        yield from (Misfit(key, value[key]) for key in further if not is_plain(value[key]))
    elif origin in (list, Sequence) and isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from misfits(item, parts[0], f"{place} {number}".strip())
    elif origin in (dict, Mapping) and isinstance(value, dict):
        for key, item in value.items():
            yield from misfits(item, parts[1], f"{place} {key}".strip())
    elif origin in (Union, UnionType) and (kind := _only_one(value, parts)) is not None:
        yield from misfits(value, kind, place)
    else:
        yield Misfit(place, value)


def _only_one(value: object, parts: Sequence[object]) -> object | None:
    """The one part of a union that is no leaf, where the value may have been meant as it."""
    nested = [part for part in parts if is_typeddict(part) or get_origin(part) in (list, dict)]
    return nested[0] if len(nested) == 1 and isinstance(value, list | dict) else None


@cache
def members(wanted: type) -> tuple[dict[str, object], dict[str, object]]:
    """Keys that a TypedDict demands, and those it allows, with their types."""
    required: dict[str, object] = {}
    optional: dict[str, object] = {}
    for key, kind in get_type_hints(wanted, include_extras=True).items():
        if get_origin(kind) is NotRequired:
            optional[key] = get_args(kind)[0]
        else:
            required[key] = kind
    return required, optional


@cache
def _check(wanted: object, others: bool) -> Check:
    """The check of a shape, put together once: logs hold many values of few shapes."""
    origin, parts = get_origin(wanted), get_args(wanted)
    if isinstance(wanted, type) and is_typeddict(wanted):
        return _check_object(wanted, others)
    if origin in (list, Sequence, dict, Mapping):
        return _check_items(origin, parts[-1], others)
    if origin in (Union, UnionType):
        kinds = [_check(part, others) for part in parts if part is not NoneType]
        return _check_union(kinds, optional=NoneType in parts)
    if origin is Annotated:
        kind, rules = _check(parts[0], others), parts[1:]
        return lambda value: kind(value) and all(rule(value) for rule in rules)
    return _check_leaf(wanted)


def _check_object(wanted: type, others: bool) -> Check:
    required, optional = (
        [(key, _check(kind, others)) for key, kind in keys.items()] for keys in members(wanted)
    )
    known = frozenset(key for key, _ in (*required, *optional))

    def check(value: object) -> bool:
        if not isinstance(value, dict):
            return False
        there = len(required)
        for key, fits in required:
            if key not in value or not fits(value[key]):
                return False
        for key, fits in optional:
            if key in value:
                there += 1
                if not fits(value[key]):
                    return False
        return there == len(value) or (others and all(_further(value, known)))

    return check


def _check_items(origin: object, item: object, others: bool) -> Check:
    """The check of a list or dict by its items; many are empty."""
    fits = _check(item, others)
    if origin in (list, Sequence):
        return lambda value: isinstance(value, list) and all(map(fits, value))

    def check(value: object) -> bool:
        return isinstance(value, dict) and (not value or all(map(fits, value.values())))

    return check


def _further(value: Mapping[str, object], known: Collection[str]) -> Iterator[bool]:
    """Whether what stands beside the known keys can be handed on."""
    return (is_plain(value[key]) for key in value.keys() - known)


def _check_union(kinds: Sequence[Check], *, optional: bool) -> Check:
    first, second = kinds[0], kinds[-1]
    if len(kinds) > 2:
        return lambda value: (optional and value is None) or any(kind(value) for kind in kinds)
    if optional:
        return lambda value: value is None or first(value) or second(value)
    return lambda value: first(value) or second(value)


def _check_leaf(wanted: object) -> Check:
    if get_origin(wanted) is Literal:
        return lambda value: value in get_args(wanted)
    if wanted in (None, NoneType):
        return lambda value: value is None
    if wanted is float:
        return _is_number
    if wanted is int:
        return lambda value: (
            isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
        )
    if wanted is str or wanted is bool or wanted is object:
        kind: type = wanted
        return lambda value: isinstance(value, kind)
    raise TypeError(f"no shape of JSON: {wanted!r}")


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return -math.inf < value < math.inf
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_WRITTEN


def is_plain(value: object) -> bool:
    """Whether every number inside a JSON value is one that JSON can hold."""
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    if isinstance(value, list):
        return all(map(is_plain, value))
    return isinstance(value, bool | str | None) or _is_number(value)
