"""Kinds of files that hold tables. Imports the plain modules of tables."""
