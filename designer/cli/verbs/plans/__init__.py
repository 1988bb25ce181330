"""Verbs about plans: what to do next, the runs of a plan, what is known."""

from __future__ import annotations

from designer.cli.verbs.plans import known, propose, runs

VERBS = (*propose.VERBS, *runs.VERBS)
KNOWN_VERBS = known.VERBS
