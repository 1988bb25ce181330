"""Words and tables shared by command line and terminal UI. Imports nothing of this package."""
