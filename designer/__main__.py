"""``designer`` and ``python -m designer``."""

from __future__ import annotations

import atexit
import gc
import sys

INTERRUPTED = 130
_OBJECTS = 500_000  # new ones before the garbage collector looks: some 50 MB
_STOPPED = (
    '{"error": {"kind": "interrupted", "exit_code": 130, "message": "stopped", "problems": []}}\n'
)


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    # A long log is many small objects of which none is garbage: looking through them again and
    # again, and once more at the end, took a third of a verb.
    gc.set_threshold(_OBJECTS, 10, 10)
    atexit.register(gc.freeze)
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
