"""The computing process: models are fitted and plans chosen beside a user interface, not in it.

`Worker` is the side that asks, ``python -m designer.worker`` the side that computes.
"""

from designer.worker.client import CallCancelledError, Worker, WorkerError

__all__ = ["CallCancelledError", "Worker", "WorkerError"]
