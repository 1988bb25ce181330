"""Rows of earlier lines out of tables and campaigns. May import tables and below."""
