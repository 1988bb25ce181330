"""Keys of one's own: a file says which keys do what, and all that tells of keys follows it.

The table of actions is changed before any screen is loaded: bindings, last row, help and palette
are made from it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.values.names import suggestion
from designer.tui.keys import actions
from designer.tui.keys.actions import Action

_KEY: Final = re.compile(r"(ctrl\+|shift\+|alt\+)*([a-zA-Z0-9]|f([1-9]|1[0-9]|2[0-4])|[a-z_]{2,})")
_NAMED: Final = frozenset(
    (
        *("space", "enter", "escape", "tab", "backspace", "delete", "insert", "home", "end"),
        *("pageup", "pagedown", "up", "down", "left", "right", "slash", "question_mark"),
        *("exclamation_mark", "full_stop", "comma", "plus", "minus", "equals_sign", "colon"),
        *("semicolon", "less_than_sign", "greater_than_sign", "left_square_bracket"),
        *("right_square_bracket", "left_curly_bracket", "right_curly_bracket", "at"),
        *("number_sign", "backslash", "vertical_line", "tilde", "asterisk", "ampersand"),
        *("percent_sign", "dollar_sign", "apostrophe", "quotation_mark", "underscore"),
    )
)
_SAME: Final = {
    "ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}  # fmt: skip
"""Keys that a plain terminal cannot tell from others."""
_HEAD: Final = """\
# Keys of the terminal UI: several keys of one action stand between commas.
# Take the sign away before a line that you change; what is left out stays as it is.

[keys]
"""


def names_of(table: Sequence[Action]) -> dict[str, Action]:
    """Actions by the name the file gives them: their label, with the screen where two share it."""
    found: dict[str, Action] = {}
    for action in table:
        name = re.sub(r"[^a-z0-9]+", "-", action.label.lower()).strip("-")
        for mode in ("", *action.modes):
            told = f"{name}-{mode}" if mode else name
            if told not in found:
                found[told] = action
                break
    return found


def written(table: Sequence[Action]) -> str:
    """The file with all keys in force, to begin with."""
    lines = [
        f'# {name} = "{action.keys}"  # {action.about}' for name, action in names_of(table).items()
    ]
    return _HEAD + "\n".join(lines) + "\n"


def read(path: Path) -> dict[str, str]:
    """The keys of a file; none where there is no file.

    Raises:
        InputError: it cannot be read, or is no such file.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError.at(str(path), f"cannot be read ({error})") from None
    keys = told.get("keys", {})
    if not isinstance(keys, dict) or set(told) - {"keys"}:
        raise InputError.at(str(path), "holds something else", allowed="a table [keys] alone")
    return {name: keys[name] if isinstance(keys[name], str) else "" for name in keys}


def changed(table: Sequence[Action], told: Mapping[str, str], where: str) -> tuple[Action, ...]:
    """The table with other keys.

    Args:
        table: of all actions.
        told: keys by the name of the action.
        where: place for the messages.

    Raises:
        InputError: with everything that is wrong.
    """
    findings, names = Findings(), names_of(table)
    new: dict[int, Action] = {}
    for name, text in told.items():
        action = names.get(name)
        if action is None:
            hint = suggestion(name, names)
            findings.report(f"{where}, {name}", "is no action", name, "designer tui --keys", hint)
            continue
        keys = [key.strip() for key in text.split(",")]
        fine = [key for key in keys if _is_key(key, f"{where}, {name}", findings)]
        if len(fine) == len(keys):
            works = tuple(k for k in keys if action.in_fields and _while_typing(action, k))
            new[id(action)] = replace(action, keys=",".join(keys), in_fields=works)
    found = tuple(new.get(id(action), action) for action in table)
    _report_twice(found, where, findings)
    findings.raise_if_any()
    return found


def _while_typing(action: Action, key: str) -> bool:
    """Whether a key can win over a field: one that writes nothing, or did so before."""
    return key in action.in_fields or "ctrl+" in key or re.fullmatch(r"f\d+", key) is not None


def _is_key(key: str, where: str, findings: Findings) -> bool:
    if key in _SAME:
        findings.report(where, f"terminals cannot tell it from {_SAME[key]}", key, "another key")
        return False
    plain = key.rpartition("+")[2]
    named = len(plain) == 1 or plain in _NAMED or re.fullmatch(r"f\d+", plain) is not None
    if not (_KEY.fullmatch(key) and named):
        allowed = "a letter or digit, f1 to f24, space, slash, ctrl+k, …"
        findings.report(where, "is no key", key or "nothing", allowed)
        return False
    return True


def _report_twice(table: Sequence[Action], where: str, findings: Findings) -> None:
    """Note keys that would mean two things on a screen, each pair of actions once."""
    told: set[tuple[str, str, str]] = set()
    for mode in actions.EVERYWHERE:
        owners: dict[str, Action] = {}
        for action in table:
            if mode not in action.modes:
                continue
            for key in action.key_list:
                other = owners.setdefault(key, action)
                pair = (key, other.label, action.label)
                if other is not action and pair not in told:
                    told.add(pair)
                    what = f"would mean {other.label} and {action.label}"
                    findings.report(where, what, key, "another key for one of them")


def apply(path: Path) -> None:
    """Let the program use the keys of a file; before any screen is loaded.

    Raises:
        InputError: with everything that is wrong with the file.
    """
    told = read(path)
    if told:
        actions.use_table(changed(actions.ACTIONS, told, path.name))
