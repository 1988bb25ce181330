"""Keys of one's own: read from a file, held against all others, and used everywhere."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from designer.tui.keys.actions import ACTIONS, EVERYWHERE, Action, actions_at
from designer.tui.keys.keymap import changed, names_of, read, written

WHERE = "keys.toml"


def keys_at(table: tuple[Action, ...], label: str) -> list[str]:
    return [action.keys for action in table if action.label == label]


def test_every_action_has_a_name_of_its_own() -> None:
    assert len(names_of(ACTIONS)) == len(ACTIONS)
    assert "new-plan" in names_of(ACTIONS)


def test_the_file_that_is_printed_is_one_to_change() -> None:
    text = written(ACTIONS)
    assert tomllib.loads(text) == {"keys": {}}
    told = tomllib.loads(re.sub(r"^# (?=[a-z0-9-]+ = )", "", text, flags=re.MULTILINE))
    assert changed(ACTIONS, told["keys"], WHERE) == ACTIONS


def test_other_keys_take_the_place_of_those_there_were() -> None:
    table = changed(ACTIONS, {"new-plan": "ctrl+g,f12", "export": "W"}, WHERE)
    assert keys_at(table, "New plan") == ["ctrl+g,f12"]
    assert keys_at(table, "Export") == ["W"]
    assert sum(a != b for a, b in zip(table, ACTIONS, strict=True)) == 2


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = {
        "new-pln": "g",
        "export": "ctrl+i",
        "note-proposals": "gg",
        "new-design": "g",
        "undo": "",
    }
    with pytest.raises(InputError) as refused:
        changed(ACTIONS, told, WHERE)
    text = str(refused.value)
    for words in ("new-pln", "cannot tell it from tab", "is no key", "would mean New"):
        assert words in text, words


def test_no_key_means_two_things_by_itself() -> None:
    for mode in EVERYWHERE:
        keys = [key for action in actions_at(mode) for key in action.key_list]
        assert len(keys) == len(set(keys))


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    assert read(tmp_path / "none.toml") == {}
    for text in ("[keys", "keys = 3", "[other]\nx = 1", "\x00"):
        (tmp_path / WHERE).write_text(text)
        with pytest.raises(InputError, match=r"keys\.toml"):
            read(tmp_path / WHERE)


def test_the_program_follows_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "pilot-designer"
    folder.mkdir()
    (folder / WHERE).write_text('[keys]\nnew-plan = "N"\n')
    words = (sys.executable, "-m", "designer", "tui", "--keys")
    env = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert '# new-plan = "N"' in done.stdout
    (folder / WHERE).write_text('[keys]\nnew-plan = "ctrl+m"\n')
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 3
    assert "cannot tell it from enter" in done.stderr
