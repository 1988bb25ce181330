"""From types to JSON Schema (2020-12): TypedDicts, dataclasses and what stands in them.

The types are what the program is checked against, so the schema cannot tell anything else.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: Mapping[object, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    Decimal: "number",
    NoneType: "null",
}


class Definitions:
    """Schemas of the types that have a name, each written once.

    Args:
        names: types that are named where they are imported for checks alone.

    Attributes:
        found: name of the type → its schema.
    """

    def __init__(self, names: Mapping[str, object]) -> None:
        self._names = dict(names)
        self.found: dict[str, Schema] = {}

    def of(self, kind: object) -> Schema:
        """The schema of a type; what has a name is a reference.

        Raises:
            TypeError: nobody has said yet how this type is written as JSON.
        """
        if kind in _PLAIN:
            return {"type": _PLAIN[kind]}
        if kind is Any or kind is object:
            return {}
        if isinstance(kind, type) and (is_typeddict(kind) or is_dataclass(kind)):
            return self._named(kind)
        return self._composed(get_origin(kind) or kind, get_args(kind))

    def _composed(self, origin: object, inside: tuple[object, ...]) -> Schema:
        """The schema of a type made of others."""
        if origin is Literal:
            return {"enum": list(inside)}
        if origin in (Union, UnionType):
            return self._any_of(inside)
        if origin is tuple and Ellipsis not in inside:
            return {"type": "array", "prefixItems": [self.of(item) for item in inside]}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inside[1])}
        if isinstance(origin, type) and issubclass(origin, Collection):
            return {"type": "array", "items": self.of(inside[0])}
        raise TypeError(f"no JSON Schema for {origin!r}")

    def _any_of(self, kinds: Sequence[object]) -> Schema:
        schemas = [self.of(kind) for kind in kinds]
        if all(schema.keys() == {"type"} for schema in schemas):
            return {"type": [schema["type"] for schema in schemas]}
        return {"anyOf": schemas}

    def _named(self, kind: type) -> Schema:
        name = kind.__name__
        if name not in self.found:
            self.found[name] = {}  # a type may hold itself
            self.found[name] = self._object(kind)
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, kind: type) -> Schema:
        hints = get_type_hints(kind, localns=self._names)
        optional: set[str] = set()
        if is_dataclass(kind):
            optional = {
                each.name
                for each in fields(kind)
                if each.default is not MISSING or each.default_factory is not MISSING
            }
            hints = {each.name: hints[each.name] for each in fields(kind)}
        return {
            "title": kind.__name__,
            "description": (inspect.getdoc(kind) or "").partition("\n\nA")[0],
            "type": "object",
            "properties": {key: self.of(hint) for key, hint in hints.items()},
            "required": [key for key in hints if key not in optional],
        }
