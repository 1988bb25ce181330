"""Reading and writing one file safely: regular files only, size limits, all or nothing.

A named pipe, a device or a folder offered as a file is refused instead of hanging; an output
never follows a symbolic link, never replaces a file unasked and never leaves half a file behind.
What comes through standard input, or goes to standard output, is a file in memory: it passes the
same doors under the name of its stream.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from designer.campaigns.errors import InputError, Problem, StorageError

MEGABYTE = 1_000_000
INPUT_LIMIT = 50 * MEGABYTE
"""Largest input file (reliability of imports: checked before anything is parsed)."""

_OUR_ENDING = ".part"
_BINARY = getattr(os, "O_BINARY", 0)
_WRONG_PATH = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "this is a folder, not a file",
    errno.ENAMETOOLONG: "the file name is too long",
    errno.ELOOP: "the path is a loop of symbolic links",
    errno.EACCES: "no permission to read this file",
    errno.EPERM: "no permission to read this file",
    errno.ENXIO: "this is not a regular file",
}


@dataclass
class FileInMemory:
    """A file without a place: the content of standard input, or what goes to standard output.

    Attributes:
        name: what messages call it.
        suffix: the ending that tells its format, ``.csv``.
        content: all of it.
    """

    name: str
    suffix: str
    content: bytes = b""

    def __str__(self) -> str:
        return self.name


File = Path | FileInMemory
"""Where a file's content comes from, or goes to."""


def as_file(file: str | File) -> File:
    """A path written as text as a path; anything else as it is."""
    return Path(file) if isinstance(file, str) else file


def read_regular_file(file: File, limit: int = INPUT_LIMIT) -> bytes:
    """Return the bytes of a regular file.

    Args:
        file: a path (a symbolic link to a regular file is followed), or a file in memory.
        limit: largest size in bytes.

    Raises:
        InputError: not there, not readable, not a regular file, or larger than the limit.
    """
    if isinstance(file, Path):
        content, size = _content(file, limit)
    else:
        content, size = file.content, len(file.content)
    if content is None or len(content) > limit:
        raise InputError.at(
            _shown(file),
            "the file is too large",
            f"{max(size, limit + 1) / MEGABYTE:.1f} MB",
            f"at most {limit / MEGABYTE:.0f} MB",
        )
    return content


def _content(path: Path, limit: int) -> tuple[bytes | None, int]:
    """Content and size of a regular file; no content where it is larger than the limit."""
    try:
        # O_NONBLOCK: opening a named pipe must not wait for its writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except ValueError as error:
        raise InputError.at(_shown(path), "this cannot be a file name", str(error)) from None
    except OSError as error:
        raise InputError(_unreadable(path, error)) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise InputError.at(_shown(path), "this is not a regular file", _kind(status))
        content = None
        if status.st_size <= limit:
            with open(handle, "rb", closefd=False) as file:
                content = file.read(limit + 1)  # one byte more, to notice a growing file
    except OSError as error:
        raise InputError(_unreadable(path, error)) from None
    finally:
        os.close(handle)
    return content, status.st_size


def write_atomic(file: File, content: bytes, *, force: bool = False) -> None:
    """Write a file completely or not at all (temporary file, fsync, rename).

    Args:
        file: target; its folder must exist. A symbolic link or special file is refused. A file in
            memory takes the content.
        content: the whole new content.
        force: replace an existing regular file.

    Raises:
        InputError: the target exists (without force), is no regular file, or has no folder.
        StorageError: the disk is full, read-only, or refuses the write.
    """
    if not isinstance(file, Path):
        file.content = content
        return
    path = file
    _check_target(path, force=force)
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}{_OUR_ENDING}")
    try:
        try:
            _write_new(temporary, content)
            _put_in_place(temporary, path, force=force)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError:
        raise InputError(_exists(path)) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError.at(
            _shown(path), "the file cannot be written", reason, hint="Nothing was written."
        ) from error


def _shown(path: File) -> str:
    """The path as shown to a user: without control characters, at most 200 characters."""
    text = "".join(c if c.isprintable() else "?" for c in str(path))
    return text if len(text) <= 200 else f"{text[:100]}…{text[-60:]}"


def _unreadable(path: Path, error: OSError) -> Problem:
    what = _WRONG_PATH.get(error.errno or 0, f"the file cannot be read: {error.strerror or error}")
    hint = None
    if error.errno == errno.ENOENT:
        hint = similar_file(path)
    return Problem(_shown(path), what, hint=hint)


def similar_file(path: Path) -> str | None:
    """What to look at where there is no such file: the nearest name beside it, if any."""
    from difflib import get_close_matches

    try:
        beside = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"There is no folder {_shown(path.parent)}."
    close = get_close_matches(path.name, beside, n=1)
    return f"Did you mean {_shown(Path(close[0]))!r}?" if close else None


def _kind(status: os.stat_result) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(status.st_mode), "a special file")


def _check_target(path: Path, *, force: bool) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            hint = f"Make the folder {_shown(path.parent)} first."
            raise InputError.at(_shown(path), "the folder is not there", hint=hint) from None
        return
    except (OSError, ValueError) as error:
        raise InputError.at(_shown(path), "this cannot be written to", str(error)) from None
    if not stat.S_ISREG(status.st_mode):
        raise InputError.at(
            _shown(path), "only regular files are written", _kind(status), "a new file"
        )
    if not force:
        raise InputError(_exists(path))


def _exists(path: Path) -> Problem:
    hint = "Choose another name, or replace it with --force."
    return Problem(_shown(path), "the file exists already", hint=hint)


def _write_new(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _BINARY
    with open(os.open(path, flags, 0o666), "wb") as file:  # noqa: PTH123  a descriptor, no path
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(temporary: Path, path: Path, *, force: bool) -> None:
    if force:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # unlike a rename, fails when somebody was faster
    except FileExistsError:
        raise
    except OSError:
        # FAT sticks and some network drives know no hard links.
        if path.exists() or path.is_symlink():
            raise FileExistsError(path) from None
        temporary.replace(path)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the system allows it."""
    with contextlib.suppress(OSError):  # not possible everywhere; the file itself is synced
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
