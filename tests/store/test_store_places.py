"""Addresses of stores, and odd places for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from designer.campaigns.errors import (
    StorageError,
)
from designer.campaigns.store import location
from designer.campaigns.store.store import Store, default_url
from tests.store.cases import SPEC, fresh, noting

# --- addresses and odd places


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://anna:secret@db/pilot", "later version"),
        ("mysql://anna:secret@db/pilot", "mysql://"),
        ("sqlite://", "three slashes"),
        ("sqlite:///", "three slashes"),
        ("sqlite:///a.db?mode=ro", "options after"),
        (":memory:", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("file:a.db?mode=ro", "must be a file"),
        ("", "is empty"),
        ("a\0b", "NUL"),
    ],
)
def test_addresses_that_are_no_file(url: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as caught:
        Store(url)
    assert "secret" not in str(caught.value)


def test_addresses_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///a.db", f"sqlite:///{tmp_path}/a.db", "a.db", "./x/../a.db"):
        assert Store(url).path == tmp_path / "a.db"
    assert Store("a.db").cache_folder == tmp_path / "a.db.cache"
    assert Store("~/a.db").path == Path.home() / "a.db"


@pytest.mark.parametrize("name", ["a b.db", "µ?#%41;.db", "-rf", "x" * 200, "line\nbreak"])
def test_odd_file_names(tmp_path: Path, name: str) -> None:
    store = Store(str(tmp_path / name))
    store.create(SPEC, "anna")
    assert fresh(tmp_path / name).state("demo").seq == 1
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_the_default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESIGNER_STORE", "sqlite:///elsewhere.db")
    assert default_url() == "sqlite:///elsewhere.db"
    monkeypatch.delenv("DESIGNER_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    store = Store(default_url())
    assert store.path is not None
    assert not store.path.parent.exists()
    store.create(SPEC, "anna")  # only here are folders made
    assert store.path is not None
    assert store.path.is_file()


def test_places_that_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"):
        Store(str(tmp_path))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(StorageError, match="no regular file"):
            Store(str(tmp_path / "pipe"))
    with pytest.raises(StorageError, match=r"cannot be (used|reached)"):
        Store(str(tmp_path / ("x" * 4000)))


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "no" / "such" / "pilot.db"))
    with pytest.raises(StorageError, match=r"the folder .* does not exist; create it first"):
        store.create(SPEC, "anna")
    assert not (tmp_path / "no").exists()
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        Store(str(tmp_path / "file" / "pilot.db")).create(SPEC, "anna")


def test_a_store_behind_a_link_is_the_file_itself(store: Store, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert fresh(link).path == path
    fresh(link).change("demo", noting("x"), actor="anna")
    assert store.state("demo").seq == 5


def test_a_network_drive_is_read_but_not_written(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(location, "file_system_type", lambda _: "nfs4")
    reader = fresh(path)
    assert reader.state("demo").seq == 4
    assert not reader.writable
    with pytest.raises(StorageError, match=r"network file system \(nfs4\)"):
        reader.change("demo", noting("x"), actor="anna")
    with pytest.raises(StorageError, match="network file system"):
        Store(str(path.parent / "new.db")).create(SPEC, "anna")
    assert [file.name for file in path.parent.iterdir()] == ["pilot.db"]


@pytest.mark.parametrize(
    ("kind", "network"),
    [
        ("nfs", True),
        ("cifs", True),
        ("fuse.sshfs", True),
        ("9p", True),
        ("fuse", True),
        ("ext4", False),
        ("fuseblk", False),
        ("fuse.fuse-overlayfs", False),
        (None, False),
    ],
)
def test_kinds_of_file_systems(kind: str, network: bool) -> None:
    assert location.is_network(kind) is network


def test_the_file_system_is_looked_up_by_the_longest_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = "a / ext4 rw 0 0\nb /mnt/my\\040share cifs rw 0 0\nc /mnt ext4 rw 0 0\nbad\n"
    monkeypatch.setattr(Path, "read_text", lambda *_: mounts)
    monkeypatch.setattr("sys.platform", "linux")
    assert location.file_system_type(Path("/mnt/my share/a.db")) == "cifs"
    assert location.file_system_type(Path("/mnt/other/a.db")) == "ext4"
    assert location.file_system_type(Path("/mnt/my sharealike/a.db")) == "ext4"


def test_a_synchronised_folder_is_warned_about(tmp_path: Path) -> None:
    folder = tmp_path / "OneDrive - Lab"
    folder.mkdir()
    store = Store(str(folder / "a.db"))
    store.initialise()
    assert store.writable
    assert "Onedrive" in store.info()["warnings"][0]


def test_without_hard_links_nothing_is_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Path) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    Store(str(path)).create(SPEC, "anna")
    assert fresh(path).state("demo").seq == 1
    from designer.campaigns.store.sqlite import _give_name

    other = path.parent / "other"
    other.write_text("precious")
    _give_name(path, other)
    assert other.read_text() == "precious"
