"""``designer`` and ``python -m designer``."""

from __future__ import annotations

import sys

INTERRUPTED = 130
_STOPPED = (
    '{"error": {"kind": "interrupted", "exit_code": 130, "message": "stopped", "problems": []}}\n'
)


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    try:
        from designer.cli.main import main as run

        return run()
    except KeyboardInterrupt:  # while the program was still being loaded
        sys.stderr.write("designer: stopped\n")
        if "--json" in sys.argv:
            sys.stdout.write(_STOPPED)
        return INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main())
