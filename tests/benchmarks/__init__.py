"""Measurements; their quick settings run in CI."""
