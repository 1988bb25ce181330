"""A disk that loses power: what SQLite writes, syncs and deletes, and what a cut leaves of it.

The file system of the SQLite that Python itself uses is replaced by one that passes everything on
and notes it (SQLite documentation, "The OS Interface or VFS"), so the program under test is the
program. A cut keeps of all that was not synced an arbitrary part, in sectors of 512 bytes: writes
of file contents in any order, changes of the folder in their order. A folder is synced when a
deletion asks for it (``synchronous = EXTRA``) and at the first sync of a new journal, as on Unix.
"""

from __future__ import annotations

import ctypes
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
# a name as an address: SQLite keeps it, and what follows it, as long as the file is open
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, _P)
_DELETE = ctypes.CFUNCTYPE(_I, _P, ctypes.c_char_p, _I)
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs``; what is not replaced is copied as it is."""

    _fields_ = (
        ("version", _I),
        ("file_size", _I),
        ("longest_path", _I),
        ("next", _P),
        ("name", ctypes.c_char_p),
        ("data", _P),
        ("open", _P),
        ("delete", _P),
        ("others", _P * 14),
    )


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods``."""

    _fields_ = (
        ("version", _I),
        ("close", _P),
        ("read", _P),
        ("write", _P),
        ("truncate", _P),
        ("sync", _P),
        ("others", _P * 13),
    )


@dataclass
class Happened:
    """One thing that reached the operating system, or was acknowledged.

    Attributes:
        what: ``write``, ``truncate``, ``sync``, ``create``, ``delete``, ``acknowledge``.
        file: which file; a file made anew under an old name is another one.
        name: its name.
        at: where a write begins, or the size to cut to, bytes; of an acknowledgement its position.
        content: what is written; of an acknowledgement its hash.
        folder: whether the folder is synced, too.
    """

    what: str
    file: int = 0
    name: str = ""
    at: int = 0
    content: bytes = b""
    folder: bool = False


@dataclass
class _File:
    """Contents that are safe, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Happened] = field(default_factory=list)

    def sync(self) -> None:
        for each in self.since:
            _apply(self.safe, each)
        self.since = []

    def left(self, chance: random.Random, kept: float) -> bytes:
        """What is left of it: of all since the last sync a share, in sectors."""
        content = bytearray(self.safe)
        for each in self.since:
            if each.what == "truncate":
                if chance.random() < kept:
                    _apply(content, each)
                continue
            end = each.at + len(each.content)
            for place in range(each.at - each.at % SECTOR, end, SECTOR):
                first, last = max(place, each.at), min(place + SECTOR, end)
                if chance.random() < kept:
                    part = each.content[first - each.at : last - each.at]
                    _apply(content, Happened("write", at=first, content=part))
        return bytes(content)


def _apply(content: bytearray, each: Happened) -> None:
    if each.what == "truncate":
        del content[each.at :]
        return
    content.extend(bytes(max(0, each.at - len(content))))
    content[each.at : each.at + len(each.content)] = each.content


class Disk:
    """All that happens in one folder, in order.

    Args:
        folder: the folder; its files are safe at the beginning.
    """

    def __init__(self, folder: Path) -> None:
        self.before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        self.happened: list[Happened] = []
        self._folder = folder
        self._files = {name: number for number, name in enumerate(self.before)}
        self._made = len(self._files)

    def note(
        self, what: str, path: Path, at: int = 0, content: bytes = b"", *, folder: bool = False
    ) -> None:
        """Note what happens to a file; files elsewhere are nobody's business."""
        name = path.name
        if path.parent != self._folder:
            return
        if name not in self._files:
            self._files[name], self._made = self._made, self._made + 1
            self.happened.append(Happened("create", self._files[name], name))
        self.happened.append(Happened(what, self._files[name], name, at, content, folder))
        if what == "delete":
            del self._files[name]

    def acknowledge(self, at: int, digest: str) -> None:
        """Note that somebody was told: entry `at` is stored, its hash is this."""
        self.happened.append(Happened("acknowledge", at=at, content=digest.encode()))

    def cut(self, moment: int, chance: random.Random) -> tuple[dict[str, bytes], dict[int, str]]:
        """What is there when power fails before `moment`, and what was acknowledged, with hashes.

        Everything, nothing or any part of what was not synced is left, a third of the cuts each.
        """
        files = {k: _File(bytearray(content)) for k, content in enumerate(self.before.values())}
        names = {name: k for k, name in enumerate(self.before)}
        waiting: list[Happened] = []
        told: dict[int, str] = {}
        for each in self.happened[:moment]:
            match each.what:
                case "create":
                    files[each.file] = _File()
                    waiting.append(each)
                case "delete":
                    waiting.append(each)
                case "acknowledge":
                    told[each.at] = each.content.decode()
                case "sync":
                    files[each.file].sync()
                case _:
                    files[each.file].since.append(each)
            if each.folder:
                _rename(names, waiting)
                waiting = []
        kept = chance.choice((0.0, 0.5, 1.0))
        number = {0.0: 0, 1.0: len(waiting)}.get(kept, chance.randint(0, len(waiting)))
        _rename(names, waiting[:number])
        return {name: files[k].left(chance, kept) for name, k in names.items()}, told


def _rename(names: dict[str, int], changes: list[Happened]) -> None:
    for each in changes:
        if each.what == "create":
            names[each.name] = each.file
        else:
            names.pop(each.name, None)


_KEPT_ALIVE: list[object] = []  # SQLite holds pointers to them


def available() -> bool:
    """Whether the SQLite of this Python lets its file system be replaced (a shared library)."""
    return _library() is not None


def _library() -> ctypes.CDLL | None:
    import _sqlite3

    file = getattr(_sqlite3, "__file__", None)
    if file is None:
        return None
    library = ctypes.CDLL(file)
    if not hasattr(library, "sqlite3_vfs_register"):
        return None
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    return library


@contextmanager
def noted(folder: Path) -> Iterator[Disk]:
    """Note all that the SQLite of this process does in a folder, as long as this lasts."""
    library = _library()
    assert library is not None, "this Python has its SQLite built in"
    disk, paths, tables = Disk(folder), dict[int, Path](), dict[int, _Methods]()
    fresh: set[int] = set()  # journals whose first sync is one of the folder, too
    original = library.sqlite3_vfs_find(None)
    ours = _Vfs.from_buffer_copy(original.contents)
    ours.name = b"noted"
    opening, deleting = _OPEN(original.contents.open), _DELETE(original.contents.delete)

    def table(methods: int) -> _Methods:
        if methods not in tables:
            there = _Methods.from_address(methods)
            copy = _Methods()
            size = ctypes.sizeof(_Methods) if there.version >= 3 else _Methods.others.offset + 56
            ctypes.memmove(ctypes.addressof(copy), methods, size)
            write, cut, sync = _WRITE(there.write), _TRUNCATE(there.truncate), _SYNC(there.sync)

            def on_write(file: int, content: int, size: int, at: int) -> int:
                disk.note("write", paths[file], at, ctypes.string_at(content, size))
                return int(write(file, content, size, at))

            def on_truncate(file: int, size: int) -> int:
                disk.note("truncate", paths[file], size)
                return int(cut(file, size))

            def on_sync(file: int, flags: int) -> int:
                code = int(sync(file, flags))
                disk.note("sync", paths[file], folder=file in fresh)
                fresh.discard(file)
                return code

            mine = _WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync)
            copy.write, copy.truncate, copy.sync = (ctypes.cast(f, _P) for f in mine)
            _KEPT_ALIVE.extend([copy, *mine])
            tables[methods] = copy
        return tables[methods]

    def on_open(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = Path(ctypes.string_at(name).decode()) if name else Path()
        new = not path.exists()
        code = int(opening(vfs, name, file, flags, out))
        place = ctypes.c_void_p.from_address(file)
        if code == 0 and place.value and name:
            paths[file] = path
            fresh.discard(file)
            if new and path.name.endswith("-journal"):
                fresh.add(file)
            place.value = ctypes.addressof(table(place.value))
        return code

    def on_delete(vfs: int, name: bytes, folder: int) -> int:
        code = int(deleting(vfs, name, folder))
        if code == 0:
            disk.note("delete", Path(name.decode()), folder=bool(folder))
        return code

    mine = _OPEN(on_open), _DELETE(on_delete)
    ours.open, ours.delete = (ctypes.cast(f, _P) for f in mine)
    _KEPT_ALIVE.extend([ours, *mine])
    library.sqlite3_vfs_register(ctypes.byref(ours), 1)
    try:
        yield disk
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(ours))
        library.sqlite3_vfs_register(original, 1)
