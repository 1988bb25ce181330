"""``designer`` and ``python -m designer``."""

from __future__ import annotations

from designer.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    raise SystemExit(main())
