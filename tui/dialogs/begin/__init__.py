"""Beginning in the terminal UI: campaigns, earlier lines, sheets, runs by hand, what is known."""
