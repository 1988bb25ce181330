"""Mutants that survive and change nothing anybody can see, each with the reason."""

EQUIVALENT: dict[str, str] = {
    "acquisition/candidates/moves.py:75 order": "np.unique puts the moves in order afterwards",
    "acquisition/candidates/region.py:62 order": "recipes may be drawn block by block in any order",
    "acquisition/conditioning/surfaces.py:107 constant: True": "zip's guard against our own errors",
    "models/encoding.py:95 text": "no kind of array is called x",
    "campaigns/store/sqlite.py:32 constant: 30 → 31": "how long is waited for another writer",
    "campaigns/commands/checks.py:137 constant: False → True": "categories have no grid",
    "models/gp/hyperparameters.py:289 constant: 2.0 → 200.0": "six deviations of the prior away",
    "models/gp/row_pairs.py:48 constant: 0 → 1": "no rows have no pairs",
    "acquisition/conditioning/surface.py:25 constant: 4096": "how many points are kept for speed",
    "campaigns/store/sqlite.py:161 constant: 0 → 1": "neither means: before a commit",
    "acquisition/candidates/candidates.py:82 constant: 1 → 2": "any negative level is none",
    "acquisition/selection/refinement.py:221 min and max": "how many recipes of a batch are tried",
    "acquisition/batches/tree.py:66 constant: 1 → 2": "numpy takes any negative length for -1",
    "models/success_gp.py:74 constant: 1.0 → 100.0": "the search of the step halves it",
    "models/compression/line_gp.py:106 comparison": "a block of one row is that row alone",
    "campaigns/commands/campaign.py:124 order": "events reversed together count in any order",
    "campaigns/plausibility/open_runs.py:98 constant: True → False": "checked once more",
    "campaigns/plausibility/doubts.py:66 comparison: len(places) <= _ALL": "a bound of work",
    "campaigns/plausibility/doubts.py:61 order: sorted(sorted(": "slips are put in order later",
}
"""Beginning of the mutant's name: why it is no fault."""
