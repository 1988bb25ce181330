"""The one set of verbs that command line, terminal UI and Python API share."""
