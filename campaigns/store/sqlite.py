"""SQLite as a careful store: how to connect, lock, create, and name what went wrong.

Measured reasons (design notes, reliability): rollback journal, not WAL, since a copied WAL file
loses rows and a read-only one cannot be read; synchronous=EXTRA, since FULL lost acknowledged
commits in simulated power cuts. Every use opens a fresh connection: nothing is carried over a
fork, locks are never held between uses, and a file exchanged underneath is noticed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import threading
import uuid
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from designer.campaigns.errors import DesignerError, StorageError, StoreDamagedError
from designer.campaigns.files import sync_folder
from designer.campaigns.store.event_table import (
    check_schema,
    create_schema,
    missing_guards,
    scalar,
)
from designer.campaigns.store.location import Location

BUSY_SECONDS = 30
_NOT_COMMITTED = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
)
"""Failures of a commit that come before anything of it counts."""
_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA synchronous = EXTRA",
)
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


class Database:
    """One store file, or a database in memory.

    Attributes:
        location: the file; None in memory.
        busy_seconds: how long to wait for another writer.

    Args:
        location: see above.
        busy_seconds: see above.
        image: what `image` of another database in memory gave; None: begin empty.
    """

    def __init__(
        self,
        location: Location | None,
        busy_seconds: float = BUSY_SECONDS,
        image: bytes | None = None,
    ) -> None:
        self.location = location
        self.busy_seconds = busy_seconds
        # A database in memory has one connection, shared by all threads; a file needs no lock.
        self._lock = threading.RLock() if location is None else None
        self._memory: sqlite3.Connection | None = None
        if location is None:
            self._memory = self._connect(":memory:")
            self._release = weakref.finalize(self, self._memory.close)
            if image is None:
                _make_schema(self._memory)
            else:
                self._memory.deserialize(image)

    def image(self) -> bytes | None:
        """All of a database in memory, for a copy of it; None: it is a file.

        Raises:
            StorageError: it was let go.
        """
        if self.location is not None:
            return None
        with self._open("ro") as connection:
            return connection.serialize()

    def disconnect(self) -> None:
        """Let a database in memory go, and with it all it holds; a file has nothing open."""
        if self._memory is not None:
            self._release()
            self._memory = None

    @property
    def name(self) -> str:
        """How messages call it."""
        return "store in memory" if self.location is None else f"store {self.location.path}"

    def exists(self) -> bool:
        """Whether there is something to read; see `Location.exists`."""
        return self.location is None or self.location.exists()

    def why_unwritable(self) -> str | None:
        """Return why nothing can be written, or None when it can."""
        return None if self.location is None else self.location.unwritable()

    def _refuse_unwritable(self) -> None:
        reason = self.why_unwritable()
        if reason is not None:
            raise StorageError(reason)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give a checked connection outside any transaction: each SELECT sees one moment.

        Raises:
            StorageError: no store there, or it cannot be reached.
            StoreDamagedError: not a store this program can read.
        """
        with self._open("rw" if self.why_unwritable() is None else "ro") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give a checked connection that holds the write lock; commit at the end, or nothing.

        Raises:
            StorageError: read-only, locked for too long, disk full, network drive, no store.
            StoreDamagedError: not a store this program can write.
        """
        self._refuse_unwritable()
        with self._open("rw") as connection:
            if self.location is not None:
                mode = scalar(connection, "PRAGMA journal_mode = DELETE")
                if mode != "delete":
                    raise StorageError(
                        f"the {self.name} is in {mode} mode, used by another program"
                    )
            connection.execute("BEGIN IMMEDIATE")
            try:
                dropped = missing_guards(connection)
                if dropped:
                    raise StoreDamagedError.at(
                        self.name, f"guards were removed: {', '.join(dropped)}"
                    )
                yield connection
                self._commit(connection)
            except BaseException:
                # the first error is the one to tell; a failed rollback is undone by the next open
                with suppress(sqlite3.Error):
                    connection.rollback()
                raise

    def _commit(self, connection: sqlite3.Connection) -> None:
        """Commit; where nobody can tell whether that has happened, say so and how to look."""
        try:
            connection.commit()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_COMMITTED:
                raise
            raise StorageError.at(
                "",
                f"the {self.name} did not confirm the entry ({error}): it may be stored or not",
                hint="designer history NAME tells; with the same request id it is safe to repeat",
            ) from error

    def ensure(self) -> bool:
        """Create the store file when there is none; two processes may try at once.

        The schema is made in a file of its own which then gets its name in one step, so nobody
        ever sees half a store, and no existing file is ever overwritten.

        Returns:
            Whether it was this call that created it.
        """
        if self.location is None or self.exists():
            return False
        self._refuse_unwritable()
        path = self.location.path
        try:
            if self.location.is_default:
                path.parent.mkdir(parents=True, exist_ok=True)
            new = path.parent / f".designer-{uuid.uuid4().hex}.new"
            try:
                with self._translated(), closing(self._connect(str(new))) as connection:
                    _make_schema(connection)
                return _give_name(new, path)
            finally:
                new.unlink(missing_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StorageError(f"the {self.name} cannot be created: {reason}") from None

    @contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        if self._memory is not None and self._lock is not None:
            with self._lock, self._translated():
                yield self._memory
            return
        if self.location is None or not self.exists():
            raise StorageError(f"there is no {self.name}")
        path = self.location.path
        # quoted, so no part of a user's path is read as an option; mode=rw never creates a file
        address = f"{path.as_uri()}?mode={mode}"
        with self._translated(), closing(self._connect(address, uri=True)) as connection:
            self._check_size(connection, path)
            check_schema(connection, self.name)
            yield connection

    def _connect(self, address: str, *, uri: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            address,
            uri=uri,
            timeout=self.busy_seconds,
            isolation_level=None,  # no hidden BEGIN: transactions are ours
            check_same_thread=False,
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except UnicodeDecodeError as error:
            # the first statement reads the schema; SQLite quotes it, and it is no text any more
            connection.close()
            raise StoreDamagedError.at(self.name, "its schema is damaged") from error
        except sqlite3.Error:
            connection.close()
            raise
        if sys.platform == "darwin":
            connection.execute("PRAGMA fullfsync = ON")
        return connection

    def _check_size(self, connection: sqlite3.Connection, path: Path) -> None:
        ((pages,),) = connection.execute("PRAGMA page_count")
        ((size,),) = connection.execute("PRAGMA page_size")
        # looked at afterwards: the file of committed pages only grows
        try:
            found = path.stat().st_size
        except OSError:
            raise StorageError(f"the {self.name} has just vanished") from None
        if found < pages * size:
            raise StoreDamagedError.at(
                self.name, "is cut off", f"{found} bytes", f"{pages * size} bytes"
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: sqlite3.Error) -> DesignerError:
        code = getattr(error, "sqlite_errorcode", None)
        base = None if code is None else code & 0xFF
        if base in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StorageError(
                f"the {self.name} was locked by another program for {self.busy_seconds:g} s;"
                " nothing was written, try again"
            )
        if base == sqlite3.SQLITE_FULL:
            return StorageError(f"the disk is full{self._free()}; nothing was written")
        if base == sqlite3.SQLITE_READONLY:
            return StorageError(f"the {self.name} is read-only{self._hot()}; nothing was written")
        if base in _DAMAGED:
            return StoreDamagedError.at(self.name, f"is damaged or no store at all: {error}")
        if base in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, None):
            return StoreDamagedError.at(self.name, f"does not behave as a store: {error}")
        return StorageError(f"the {self.name} cannot be used: {error}{self._hot()}{self._free()}")

    def _hot(self) -> str:
        """Tell of a journal that an interrupted writer left and nobody here may roll back."""
        if self.location is None or not self.location.journal.exists():
            return ""
        return (
            f" and its journal {self.location.journal.name} shows an interrupted write:"
            " open it once with write access to the file and its folder"
        )

    def _free(self) -> str:
        if self.location is None:
            return ""
        try:
            free = shutil.disk_usage(self.location.path.parent).free
        except OSError:
            return ""
        return f" ({free / 1e6:.1f} MB free on {self.location.path.parent})"


def _make_schema(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    create_schema(connection)
    connection.commit()


def _give_name(new: Path, path: Path) -> bool:
    """Give a finished file its name; false where there is one already: never overwrites."""
    try:
        os.link(new, path)
    except FileExistsError:
        return False
    except OSError:
        # no hard links here (exFAT sticks): an exclusive copy cannot overwrite either
        try:
            with path.open("xb") as target:
                target.write(new.read_bytes())
                target.flush()
                os.fsync(target.fileno())
        except FileExistsError:
            return False
    sync_folder(path.parent)
    return True
