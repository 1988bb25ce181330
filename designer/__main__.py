"""``designer`` and ``python -m designer``."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    try:
        from designer.cli.main import main as run

        return run()
    except KeyboardInterrupt:  # while the program was still being loaded
        sys.stderr.write("designer: stopped\n")
        return INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main())
