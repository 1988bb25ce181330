"""Whether something read from a file has the shape its type promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints, is_typeddict


def has_shape(value: object, wanted: object) -> bool:
    """Whether a JSON value is what an annotation says, down to every leaf.

    Args:
        value: as parsed: dicts, lists, texts, numbers, booleans, None.
        wanted: a TypedDict (all keys and no others), ``list[X]``, ``dict[str, X]``, their abstract
            kinds, a union, a literal, or a type of JSON; a float may be written as an integer.

    Raises:
        TypeError: for annotations of other kinds.
    """
    origin, parts = get_origin(wanted), get_args(wanted)
    if is_typeddict(wanted):
        hints = _keys(wanted)
        if not isinstance(value, dict) or value.keys() != hints.keys():
            return False
        return all(has_shape(value[key], hint) for key, hint in hints.items())
    if origin in (Union, UnionType):
        return any(has_shape(value, part) for part in parts)
    if origin in (list, Sequence):
        return isinstance(value, list) and all(has_shape(item, parts[0]) for item in value)
    if origin in (dict, Mapping):
        return isinstance(value, dict) and all(has_shape(v, parts[1]) for v in value.values())
    return value in parts if origin is Literal else _is_leaf(value, wanted)


def _is_leaf(value: object, wanted: object) -> bool:
    if wanted in (None, NoneType):
        return value is None
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted in (str, bool, object):
        return isinstance(value, str if wanted is str else bool if wanted is bool else object)
    raise TypeError(f"no shape of JSON: {wanted!r}")


@cache
def _keys(wanted: type) -> Mapping[str, object]:
    return get_type_hints(wanted)
