"""``python -m designer.worker``: answers requests of its parent until the pipe closes."""

from __future__ import annotations

from designer.worker.serving import main

if __name__ == "__main__":
    raise SystemExit(main())
