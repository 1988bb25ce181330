"""The door of the Python API: what an argument may be is what its annotation says.

`verb` reads every argument by the words of its annotation before anything is done, so a wrong type
is an `InputError` that names the argument, never an error from inside; and it puts what the shared
verbs say into Python's words.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from designer.api.handle import Handle
from designer.api.messages import python_error
from designer.campaigns.errors import DesignerError, Findings
from designer.service.session import Default

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

StoreAddress: TypeAlias = str | Path | Default | None
"""Address of a store; None: in memory."""
Names: TypeAlias = str | Iterable[str]
"""A name, or several."""
Moment: TypeAlias = str | date
"""A date or time."""
Points: TypeAlias = "Tensor | np.ndarray[Any, Any]"
"""Points of the unit cube, a row each."""

P = ParamSpec("P")
R = TypeVar("R")

_LONGEST = 60  # characters of a value shown in a message
_DEEPEST, _MOST_PARTS = 20, 1_000_000  # levels of a specification, and values on one of them
_LARGEST = 2**63  # whole numbers beyond cannot be counted, stored or told


class WrongTypeError(Exception):
    """An argument is not of the kind its annotation says."""


@dataclass(frozen=True)
class ArgumentKind:
    """What an argument may be.

    Attributes:
        words: the same for people.
        read: the value as the verbs take it.
    """

    words: str
    read: Callable[[object], object]


def shown(value: object) -> str:
    """A value in a message; whatever it is, short and without fail."""
    try:
        text = repr(value)
    except Exception:  # a foreign object, or a number of thousands of digits
        return f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({type(value).__name__})"


def names_of(value: object) -> list[str]:
    """One name, or several of them, as a list.

    Raises:
        WrongTypeError: something else is among them.
    """
    if isinstance(value, str):
        return [value]
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise WrongTypeError
    try:
        return [_only(str)(name) for name in value]
    except TypeError:  # an array without dimensions says it can be iterated, too
        raise WrongTypeError from None


def _only(*types: type[R]) -> Callable[[object], R]:
    def read(value: object) -> R:
        if not isinstance(value, types):
            raise WrongTypeError
        return value

    return read


def _specification(value: object) -> object:
    """A path, or tables that end somewhere: one that holds itself would be read for ever."""
    level: list[object] = [_only(str, Path, Mapping)(value)]
    for _ in range(_DEEPEST):
        level = [part for item in level for part in _parts(item)]
        if not level:
            return value
        if len(level) > _MOST_PARTS:
            break
    raise WrongTypeError


def _parts(item: object) -> Iterable[object]:
    if isinstance(item, Mapping):
        return item.values()
    return item if isinstance(item, list | tuple) else ()


def _switch(value: object) -> bool:
    if isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}:  # numpy's
        return bool(value)
    raise WrongTypeError


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or abs(int(value)) > _LARGEST:
        raise WrongTypeError
    return int(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise WrongTypeError
    try:
        return float(value)
    except OverflowError:
        raise WrongTypeError from None


def moment_text(moment: Moment | None) -> str | None:
    """A date or time as typed; a datetime is a date, too."""
    return moment.isoformat() if isinstance(moment, date) else moment


def address_text(store: StoreAddress) -> str | Default | None:
    """The address of a store as typed."""
    return str(store) if isinstance(store, Path) else store


def _as_it_is(value: object) -> object:
    return value  # read by the verb itself, with what it knows of the campaign


KINDS: dict[str, ArgumentKind] = {
    "str": ArgumentKind("text", _only(str)),
    "bool": ArgumentKind("True or False", _switch),
    "int": ArgumentKind("a whole number", _whole),
    "float": ArgumentKind("a number", _number),
    "Names": ArgumentKind("a name, or a list of names", names_of),
    "Moment": ArgumentKind("a date or time, such as '2026-03-01'", _only(str, date)),
    "str | Path": ArgumentKind("the path of a file", _only(str, Path)),
    "SpecSource": ArgumentKind("the path of a TOML file, or the same as a dict", _specification),
    "StoreAddress": ArgumentKind(
        "a path or sqlite:///path; None: in memory", _only(str, Path, Default)
    ),
    "DecimalWord": ArgumentKind("'comma' or 'point'", _only(str)),
    "Table": ArgumentKind("a table", _as_it_is),
    "Judgeable": ArgumentKind("a table, a plan's id, a file, or a list of them", _as_it_is),
    "EffectSize": ArgumentKind("a number, or a dict of sizes by response", _as_it_is),
    "Values": ArgumentKind("a dict", _as_it_is),
    "DesignOption": ArgumentKind("words or numbers by name", _as_it_is),
    "Points": ArgumentKind("a tensor", _as_it_is),
}
"""What an argument may be, by its annotation; ``| None`` may follow."""


@dataclass(frozen=True)
class _Parameter:
    kind: ArgumentKind
    may_be_none: bool

    @classmethod
    def of(cls, annotation: str) -> _Parameter:
        word = annotation.removesuffix(" | None")
        # the address of a store in memory is None
        return cls(KINDS[word], word != annotation or word == "StoreAddress")

    def read(self, name: str, value: object, findings: Findings) -> object:
        if value is None and self.may_be_none:
            return None
        try:
            return self.kind.read(value)
        except WrongTypeError:
            words = f"{self.kind.words}{', or None' * self.may_be_none}"
            findings.report(name, "is of the wrong type", shown(value), words)
            return None


def content_of(told: Mapping[str, object]) -> dict[str, object]:
    """Arguments of a call by their content: the same call brings the same again.

    Args:
        told: arguments by name; a specification that is a path counts by its file.
    """
    content = {name: _content(value) for name, value in told.items() if name != "request_id"}
    spec = content.get("spec")
    return {**content, "spec": Path(spec)} if isinstance(spec, str) else content


def _content(value: object, depth: int = 0) -> object:
    if value is None or isinstance(value, str | bool | Path):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Real):
        return _number_content(value)
    return shown(value) if depth > _DEEPEST else _content_of_parts(value, depth + 1)


def _content_of_parts(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        return {str(key): _content(item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_content(item, depth) for item in value]
    return _content(_parts_of_table(value), depth)


def _number_content(value: Real) -> object:
    """The same for 7 and 7.0: whether a column has gaps decides what pandas makes of it."""
    try:
        number = float(value)
    except OverflowError:
        return shown(value)
    return int(number) if number.is_integer() and abs(number) < _LARGEST else repr(number)


def _parts_of_table(value: object) -> object:
    """Labels and cells of a frame, series or array; another object in words."""
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        cells = [[str(name), column.tolist()] for name, column in value.items()]
        return [value.index.tolist(), cells]
    if isinstance(value, pd.Series):
        return [str(value.name), value.index.tolist(), value.tolist()]
    return value.tolist() if isinstance(value, np.ndarray) else shown(value)


def verb(method: Callable[P, R]) -> Callable[P, R]:
    """Make a method of the API: wrong arguments are told all at once, and errors in Python's words.

    Raises:
        KeyError: while the class is made: an annotation that is not among `KINDS`.
    """
    signature = inspect.signature(method)
    parameters = {
        name: _Parameter.of(parameter.annotation)
        for name, parameter in signature.parameters.items()
        if parameter.annotation is not parameter.empty
    }
    carry_out: Callable[..., R] = method

    @functools.wraps(method)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            return method(*args, **kwargs)  # Python's own words for a wrong call
        try:
            findings = Findings()
            for name in bound.arguments.keys() & parameters.keys():
                value = bound.arguments[name]
                bound.arguments[name] = parameters[name].read(name, value, findings)
            findings.raise_if_any()
            told = {name: bound.arguments[name] for name in bound.arguments if name in parameters}
            with ExitStack() as during:
                for handle in bound.args[:1] if told.get("request_id") is not None else ():
                    if isinstance(handle, Handle):
                        content = content_of(told)
                        during.enter_context(handle.repeatable(method.__name__, content))
                answer = carry_out(*bound.args, **bound.kwargs)
            for handle in (*bound.args[:1], answer):
                if isinstance(handle, Handle):
                    handle.check_store()
            return answer
        except DesignerError as error:
            raise python_error(error) from error.__cause__

    return called
