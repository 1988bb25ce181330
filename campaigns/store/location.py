"""Where a store lies: reading the address, and judging the place before SQLite touches it."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from designer.campaigns.errors import StorageError, StoreDamagedError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_SQLITE = "sqlite:///"

_NETWORK_TYPES = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph"),
        *("glusterfs", "lustre", "beegfs", "gpfs", "vboxsf", "fuse"),
    )
)
"""File systems of Linux whose locks or syncs SQLite cannot rely on (SQLite's own warning on
network drives). ``fuseblk`` is a local disk; FUSE types are ``fuse.<name>``."""
_LOCAL_FUSE = frozenset({"fuse.fuse-overlayfs"})
_SYNCED = ("onedrive", "dropbox", "google drive", "nextcloud", "icloud")


@dataclass(frozen=True, slots=True)
class Location:
    """A store file.

    Attributes:
        path: absolute path, symbolic links resolved.
        is_default: whether it is the default place, whose folders we may create.
    """

    path: Path
    is_default: bool = False

    @property
    def url(self) -> str:
        """The address, ``sqlite:////home/anna/pilot.db``."""
        return f"{_SQLITE}{self.path}"

    @property
    def journal(self) -> Path:
        """The rollback journal SQLite keeps beside the file while it writes."""
        return self.path.with_name(self.path.name + "-journal")

    @property
    def cache_folder(self) -> Path:
        """Where derived, deletable data of this store may be kept."""
        return self.path.with_name(self.path.name + ".cache")

    def exists(self) -> bool:
        """Whether there is a store file.

        Raises:
            StorageError: something else is there (a folder, a pipe, a device), or nobody can look.
            StoreDamagedError: the file is empty; it is never taken for a new store.
        """
        path = self.path
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except (OSError, ValueError) as error:
            raise StorageError(f"the store {path} cannot be reached: {_reason(error)}") from None
        if stat.S_ISDIR(found.st_mode):
            raise StorageError(f"the store {path} is a folder; give the path of a file")
        if not stat.S_ISREG(found.st_mode):
            raise StorageError(f"the store {path} is no regular file but a pipe, socket or device")
        if found.st_size == 0:
            raise StoreDamagedError(
                f"the store {path} is empty (0 bytes): its contents were lost, for instance by an"
                " interrupted copy. Restore it from a backup, or remove the file to begin anew"
            )
        return True

    def unwritable(self) -> str | None:
        """Return why a store cannot be written at this place, or None when it can."""
        path = self.path
        kind = file_system_type(path)
        if is_network(kind):
            return (
                f"the store {path} lies on a network file system ({kind}), where SQLite files get"
                " damaged; it can be read, but not written. Keep it on a local disk"
            )
        if path.exists() and not os.access(path, os.W_OK):
            return f"the store {path} is read-only"
        folder = path.parent
        if not folder.is_dir():
            if self.is_default:
                return None
            return f"the folder {folder} does not exist; create it first"
        if not os.access(folder, os.W_OK | os.X_OK):
            return f"the folder {folder} is read-only, and SQLite must write beside the store"
        return None

    def warnings(self) -> list[str]:
        """Return sentences about a place that works but is unwise."""
        lowered = str(self.path).lower()
        return [
            f"the store lies in a folder that {name.title()} synchronises: two computers can"
            " overwrite each other there. Keep it on a local disk and share exports"
            for name in _SYNCED
            if name in lowered
        ]


def default_url() -> str:
    """Return `DESIGNER_STORE`, or a SQLite file in the user's data folder."""
    told = os.environ.get("DESIGNER_STORE", "").strip()
    return told or f"{_SQLITE}{_default_path()}"


def _default_path() -> Path:
    from platformdirs import user_data_path

    return user_data_path("pilot-designer", appauthor=False) / "campaigns.db"


def parse_url(url: str) -> Location:
    """Read the address of a store.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or a plain path.

    Raises:
        StorageError: for other kinds of databases and for what cannot be a file; never repeats
            more of the address than its scheme, since it may hold a password.
    """
    text = url.strip()
    scheme = _SCHEME.match(text)
    if scheme and scheme.group(1).lower() != "sqlite":
        raise StorageError(
            f"this version keeps campaigns in SQLite files only; {scheme.group(1)}:// stores come"
            " in a later version. Use sqlite:///path or a path"
        )
    if scheme:
        if not text.lower().startswith(_SQLITE) or len(text) == len(_SQLITE):
            raise StorageError("a SQLite store is written sqlite:///path (three slashes)")
        text = text[len(_SQLITE) :]
        if "?" in text:
            raise StorageError("options after ? are not supported in the address of a store")
    if not text:
        raise StorageError("the address of the store is empty")
    if "\0" in text:
        raise StorageError("the path of the store holds a NUL character")
    if text == ":memory:" or text.lower().startswith("file:"):
        raise StorageError("the store must be a file: give its path or sqlite:///path")
    try:
        path = Path(text).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageError(f"the store's path cannot be used: {_reason(error)}") from None
    return Location(path, is_default=path == _default_path())


def _reason(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def is_network(kind: str | None) -> bool:
    """Whether a type of file system is one SQLite must not write on."""
    if kind is None or kind in _LOCAL_FUSE:
        return False
    return kind in _NETWORK_TYPES or kind.startswith("fuse.")


def file_system_type(path: Path) -> str | None:
    """Return the type of the file system a path lies on, or will lie on.

    Linux: from ``/proc/self/mounts``. Windows: ``cifs`` for UNC paths. Else, and when it cannot be
    told, None.
    """
    if str(path).startswith("\\\\"):
        return "cifs"
    if not sys.platform.startswith("linux"):
        return None
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return None
    best, kind = "", None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), fields[1])
        # of equal mount points the later one covers the earlier
        if len(point) >= len(best) and path.is_relative_to(point):
            best, kind = point, fields[2]
    return kind
