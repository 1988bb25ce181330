"""Where the program keeps what is the user's but no campaign data: drafts and logs."""

from __future__ import annotations

import tempfile
from pathlib import Path


def keys_file() -> Path:
    """File that says which keys do what in the terminal UI; it need not be there."""
    from platformdirs import user_config_path

    return user_config_path("pilot-designer", appauthor=False) / "keys.toml"


def state_folder() -> Path:
    """Folder for drafts and logs of this user, made when it is missing.

    Returns:
        The user's state folder; a temporary one where that cannot be made.
    """
    from platformdirs import user_state_path

    try:
        folder = user_state_path("pilot-designer", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):  # not allowed there, or no home folder
        return Path(tempfile.mkdtemp(prefix="pilot-designer-"))
    return folder
