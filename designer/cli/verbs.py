"""All verbs, by topic in the order of the help."""

from __future__ import annotations

from designer.cli import (
    verbs_campaign,
    verbs_demo,
    verbs_files,
    verbs_lines,
    verbs_model,
    verbs_plan,
    verbs_results,
    verbs_store,
    verbs_tui,
)
from designer.cli.verb import Verb

TOPICS: dict[str, tuple[Verb, ...]] = {
    "to begin with": (*verbs_demo.VERBS, *verbs_tui.VERBS),
    "campaigns": verbs_campaign.VERBS,
    "earlier lines": verbs_lines.VERBS,
    "what to do next": verbs_plan.VERBS,
    "results": verbs_results.VERBS,
    "what is known": verbs_model.VERBS,
    "files": verbs_files.VERBS,
    "the store": verbs_store.VERBS,
}
VERBS: dict[str, Verb] = {verb.name: verb for verbs in TOPICS.values() for verb in verbs}
