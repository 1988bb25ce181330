"""The sheet of a plan for the line: printed, filled in by hand, read by people."""
