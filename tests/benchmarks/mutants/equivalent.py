"""Mutants that survive and change nothing anybody can see, each with the reason."""

EQUIVALENT: dict[str, str] = {
    "acquisition/candidates/moves.py:75 order": "np.unique puts the moves in order afterwards",
    "acquisition/candidates/region.py:62 order": "recipes may be drawn block by block in any order",
    "campaigns/plausibility/doubts.py:61 order: sorted(sorted(": "slips are put in order later",
}
"""Beginning of the mutant's name: why it is no fault."""
