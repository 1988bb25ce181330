"""A real spreadsheet program, driven as a person would use it."""
