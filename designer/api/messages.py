"""What the shared verbs say, in Python's words, and the warnings that carry it.

The verbs write their advice as command lines (``--force``, ``designer undo graphite 12``), which is
what most people type. Here it becomes arguments and calls: ``force=True``, ``campaign.undo(12)``.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar, cast

from designer.campaigns.errors import DesignerError, Problem

Answer = TypeVar("Answer")


class DesignerWarning(UserWarning):
    """Something the user should know of; what was asked for was done all the same."""


# ---- warnings -----------------------------------------------------------------------------------


def tell(messages: Iterable[str]) -> None:
    """Issue every message as a `DesignerWarning` at the line that called the API."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("designer."):
        frame = frame.f_back
        level += 1
    for message in dict.fromkeys(messages):
        warnings.warn(message, DesignerWarning, stacklevel=level)


def python_error(error: DesignerError) -> DesignerError:
    """The same error with its problems in Python's words."""
    told = type(error)(python_problem(problem) for problem in error.problems)
    return told.with_traceback(error.__traceback__)


def python_problem(problem: Problem) -> Problem:
    """The same problem in Python's words."""
    return replace(
        problem,
        where=_short(python_words(problem.where)),
        what=_short(python_words(problem.what)),
        found=None if problem.found is None else _short(problem.found),
        allowed=None if problem.allowed is None else python_words(problem.allowed),
        hint=None if problem.hint is None else python_words(problem.hint),
    )


def _short(text: str) -> str:
    """Without the rest of a value that is no name any more."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 400  # characters of one part of a message

_TOLD = frozenset({"messages", "notes", "warnings", "message", "advice", "hint"})
"""Keys of answers under which the program speaks; what users wrote stays as it is."""


def python_answer(answer: Answer) -> Answer:
    """The same answer of a verb, its sentences in Python's words."""
    return cast("Answer", _worded(answer, told=False))


def _worded(value: object, *, told: bool) -> object:
    if isinstance(value, str):
        return python_words(value) if told else value
    if isinstance(value, Mapping):
        return {key: _worded(item, told=key in _TOLD) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_worded(item, told=told and isinstance(item, str)) for item in value]
    return value


# ---- words --------------------------------------------------------------------------------------

_QUOTED = r"'(?:[^']|'\"'\"')*'"
_WORD = (
    rf"(?:{_QUOTED}|[^\s;,()`'.]|\.(?=[^\s;,()`'.]))+"  # a full stop at the end is no part of it
)
_PAIR = rf"{_WORD}=(?:{_WORD})?"
_MAPS = re.compile(rf"--map {_QUOTED}(?: --map {_QUOTED})+")
_OPTION = re.compile(
    rf"--(other|extra|what|plan|name|sheet|header|decimal|confirm) ({_WORD})"
    rf"|--([a-z][a-z-]*)(?:[ =]({_QUOTED}(?![=\"'])|{_PAIR}|[A-Z]+\b))?"
)
_TOKEN = rf"--[a-z-]+(?: (?!--){_WORD})?|{_PAIR}|[A-Z]+\b|R\d+|\d+|{_QUOTED}"
_COMMAND = re.compile(
    r"`?\bdesigner (lines (?:add|show|exclude|include)|store [a-z]+|[a-z]+)"
    rf"((?: {_WORD}(?= (?:--|[A-Z]+\b|R?\d|'|\w+=|\S+\.)|$|[;,.)`]))?"  # the campaign
    rf"(?: [\w./-]+\.(?:csv|tsv|txt|xlsx))?(?: (?:{_TOKEN}))*)`?"
)

_METHODS = {
    "lines add": "add_line",
    "lines show": "lines",
    "lines exclude": "exclude_line",
    "lines include": "include_line",
    "init": "Campaign.create",
    "list": "Campaign.list",
}
"""Verbs of the command line whose methods have another name."""

_SENTENCES = (
    ("designer init --example prints a specification", "The documentation has a specification"),
    (" with init", " with Campaign.create"),
    ("come in with import", "come in with record"),
    ("A run nobody proposed is taken with --attach-new", "A run nobody proposed goes to attach"),
    ("init, demo and store init make a new one", "Campaign.create makes a new one"),
)

_SWITCHES = frozenset(
    {
        "force",
        "replace",
        "dry-run",
        "refresh",
        "anyway",
        "top-up",
        "attach-new",
        "force-settings",
        "accept",
    }
)
_DICTS = {"unit": "units", "set": "constants", "batch": "batch", "fix": "fix", "given": "given"}
_LISTS = {"other": "others", "extra": "extras"}


def python_words(text: str) -> str:
    """A sentence with arguments and calls for options and command lines."""
    if text == "-n":
        return "n"
    for command, words in _SENTENCES:
        text = text.replace(command, words)
    text = _MAPS.sub(_renamed_together, _COMMAND.sub(_call, text))
    return _OPTION.sub(lambda found: _argument(found[1] or found[3], found[2] or found[4]), text)


def _argument(option: str, value: str | None) -> str:
    """``force=True`` for ``--force``, ``units={'gap': 'mm'}`` for ``--unit gap=mm``."""
    value = None if value is None else _bare(value)
    if option in _SWITCHES:
        return f"{option.replace('-', '_')}=True" + ("" if value is None else f" {value}")
    name, sign, right = (value or "").partition("=")
    if option == "map" and sign:
        dropped = right in ("-", "")
        return f"frame.drop(columns={name!r})" if dropped else _renamed(name, right)
    if option == "decimal" and value is not None:
        return "frame.replace(',', '.', regex=True)"
    keyword = _DICTS.get(option)
    if keyword and sign:
        return f"{keyword}={{{_pair(keyword, name, right)}}}"
    keyword = keyword or _LISTS.get(option) or option.replace("-", "_")
    if value is None:
        return keyword
    return f"{keyword}=[{value!r}]" if option in _LISTS else f"{keyword}={_value(value)}"


def _renamed(old: str, new: str) -> str:
    return f"frame.rename(columns={{{old!r}: {new!r}}})"


def _renamed_together(found: re.Match[str]) -> str:
    """``frame.rename(columns={'Gap': 'gap', 'Speed': 'speed'})`` for several ``--map``."""
    pairs = [_bare(word).rpartition("=") for word in re.findall(_QUOTED, found[0])]
    return f"frame.rename(columns={ {old: new for old, _, new in pairs}!r})"


def _pair(keyword: str, key: str, text: str) -> str:
    return f"{key!r}: {text!r}" if keyword == "units" else f"{key!r}: {_value(text)}"


def _value(text: str) -> str:
    """A value as Python writes it: numbers and placeholders bare, the rest in quotes."""
    bare = re.fullmatch(r"-?\d+(\.\d+)?|VALUE|K|N", text)
    return text if bare else repr(text)


def _bare(text: str) -> str:
    """A word of a command line without the shell's quotes."""
    return text.replace("'\"'\"'", "\0").replace("'", "").replace("\0", "'")


def _call(found: re.Match[str]) -> str:
    """``campaign.correct('R001', {'porosity': VALUE}, reason='TEXT')`` for a command line."""
    name, rest = found[1], found[2]
    method = _METHODS.get(name, name.replace("store ", "service.store."))
    method = method if method.startswith("Campaign.") else f"campaign.{method}"
    words = re.findall(rf"{_TOKEN}|{_WORD}", rest)
    if not words:
        return method
    if name == "propose" and any(word.startswith("--design ") for word in words):
        method = "campaign.design"
    if name == "propose" and any(word.startswith("--judge ") for word in words):
        method = "campaign.judge"
    named = not words[0].startswith("--")  # the campaign, which is the object here
    return f"{method}({', '.join(_arguments(name, words[named:]))})"


def _arguments(name: str, words: Iterable[str]) -> list[str]:
    """The arguments of a call; several options of one kind become one dict or list."""
    places: list[str] = []
    pairs: list[str] = []
    keywords: dict[str, list[str]] = {}
    plain: list[str] = []
    for word in words:
        option, _, value = word.removeprefix("--").partition(" ")
        key, sign, right = _bare(value if word.startswith("--") else word).partition("=")
        if not word.startswith("--"):
            (pairs if sign else places).append(f"{key!r}: {_value(right)}" if sign else _value(key))
        elif option in _DICTS and sign:
            keyword = "settings" if option == "set" and name != "lines add" else _DICTS[option]
            keywords.setdefault(keyword, []).append(_pair(keyword, key, right))
        elif (name, option) in {("lines add", "name"), ("propose", "design"), ("propose", "judge")}:
            places.insert(0, repr(key))
        elif name != "lines add" or option not in ("map", "from", "where"):
            plain.append(_argument(option, value or None))
    if name == "lines add":
        places = [*places[:1], "frame"]  # the name; a file is a frame here
    elif name == "note":
        places.reverse()  # the text, then the run
    dicts = [f"{keyword}={{{', '.join(items)}}}" for keyword, items in keywords.items()]
    return [*places, *([f"{{{', '.join(pairs)}}}"] if pairs else []), *dicts, *plain]
