"""Mutants that survive and change nothing anybody can see, each with the reason."""

EQUIVALENT: dict[str, str] = {}
"""Beginning of the mutant's name: why it is no fault."""
