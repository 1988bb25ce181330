"""All verbs, by topic in the order of the help."""

from __future__ import annotations

from designer.cli.verbs import begin, campaign, files, lines, plans, programs, results
from designer.cli.verbs.verb import Verb

TOPICS: dict[str, tuple[Verb, ...]] = {
    "to begin with": begin.VERBS,
    "campaigns": campaign.VERBS,
    "earlier lines": lines.VERBS,
    "what to do next": plans.VERBS,
    "results": results.VERBS,
    "what is known": plans.KNOWN_VERBS,
    "files": files.VERBS,
    "the store": files.STORE_VERBS,
    "for programs": programs.verbs(lambda: VERBS),
}
VERBS: dict[str, Verb] = {verb.name: verb for verbs in TOPICS.values() for verb in verbs}
