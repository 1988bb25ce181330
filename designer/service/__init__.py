"""The one set of verbs that command line, terminal UI and Python API share."""

from .service import Service

__all__ = ["Service"]
