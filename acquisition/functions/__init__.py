"""Acquisition functions: what one more run is worth. May import conditioning and below."""
