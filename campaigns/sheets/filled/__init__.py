"""Sheets and tables back in: what they say against what is recorded."""
