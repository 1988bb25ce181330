"""Row 33 of the bad-input table: tricks with paths, for reading and for writing."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError, StorageError
from designer.campaigns.files import read_regular_file, write_atomic
from designer.campaigns.tables.read import read_table


def refused(path: Path | str) -> str:
    with pytest.raises(InputError) as error:
        read_table(path)
    return str(error.value)


def test_missing_files_name_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("a\n1\n")
    assert "Did you mean 'results.csv'" in refused(tmp_path / "result.csv")
    assert "no folder" in refused(tmp_path / "nowhere" / "x.csv")


def test_row33_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "null.csv").symlink_to("/dev/null")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    assert "named pipe" in refused(tmp_path / "pipe.csv")  # and does not wait for a writer
    assert "folder" in refused(tmp_path / "folder.csv")
    assert "loop" in refused(tmp_path / "loop.csv")
    assert "device" in refused(tmp_path / "null.csv")
    assert "device" in refused(tmp_path / "zero.csv")


@pytest.mark.parametrize("name", ["x" * 5000 + ".csv", "a\0b.csv", "x/" * 3000 + "y.csv"])
def test_row33_impossible_names(name: str) -> None:
    text = refused(name)
    assert len(text) < 400
    assert "\0" not in text


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("a,b\n1,2\n")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert [*read_table(tmp_path / "link.csv").rows] == [["1", "2"]]


AS_NOBODY = """
import os, sys
from pathlib import Path
import designer.campaigns.values.numbers  # before the rights to read our own modules are given up
from designer.campaigns.errors import DesignerError
from designer.campaigns.files import read_regular_file, write_atomic
import difflib
os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1])
for act in (lambda: read_regular_file(folder / "secret.csv"),
            lambda: write_atomic(folder / "new.csv", b"x"),
            lambda: read_regular_file(folder / "open.csv")):
    try:
        print("done", act())
    except DesignerError as error:
        print(error.exit_code, error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_row28_ordinary_users_meet_closed_files_and_folders() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to nobody
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "secret.csv").write_text("a,b\n1,2\n")
        (folder / "secret.csv").chmod(0o600)
        (folder / "open.csv").write_text("a")
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, name], capture_output=True, text=True, check=True
        )
    closed, folder_closed, control = done.stdout.splitlines()
    assert closed.startswith("3 ")
    assert "no permission" in closed
    assert folder_closed.startswith("5 ")
    assert control == "done b'a'"


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.csv"
    write_atomic(path, b"first")
    assert path.read_bytes() == b"first"
    with pytest.raises(InputError, match="--force"):
        write_atomic(path, b"second")
    assert path.read_bytes() == b"first"
    write_atomic(path, b"second", force=True)
    assert path.read_bytes() == b"second"

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_atomic(path, b"third", force=True)
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_a_faster_writer_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    link = os.link

    def slow(source: Path, target: Path) -> None:
        path.write_bytes(b"somebody else")
        link(source, target)

    monkeypatch.setattr(os, "link", slow)
    with pytest.raises(InputError, match="exists already"):
        write_atomic(path, b"mine")
    assert path.read_bytes() == b"somebody else"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_file_systems_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    write_atomic(tmp_path / "out.csv", b"x")
    assert (tmp_path / "out.csv").read_bytes() == b"x"


def test_row33_outputs_never_follow_links_or_replace_special_files(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "out.csv").symlink_to(victim)
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "new")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("out.csv", "dangling.csv", "folder.csv", "pipe.csv"):
        with pytest.raises(InputError, match="regular"):
            write_atomic(tmp_path / name, b"x", force=True)
    assert victim.read_text() == "precious"
    assert not (tmp_path / "new").exists()
    with pytest.raises(InputError, match="folder"):
        write_atomic(tmp_path / "no" / "x.csv", b"x")
    with pytest.raises(InputError):
        write_atomic(tmp_path / ("x" * 300), b"x")


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_atomic(tmp_path / "out.csv", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640


def test_a_growing_file_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"12345")
    assert read_regular_file(path, limit=5) == b"12345"
    with pytest.raises(InputError, match="too large"):
        read_regular_file(path, limit=4)
