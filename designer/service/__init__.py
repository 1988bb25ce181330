"""The one set of verbs that command line, terminal UI and Python API share."""

from designer.service.service import Service

__all__ = ["Service"]
