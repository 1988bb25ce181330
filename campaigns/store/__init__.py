"""The store that loses nothing: SQLite, events, archive, verification.

May import commands and below.
"""
