"""All verbs, by topic in the order of the help."""

from __future__ import annotations

from designer.cli.verbs import campaign, demo, files, lines, model, plan, results, tui
from designer.cli.verbs.verb import AnyVerb

TOPICS: dict[str, tuple[AnyVerb, ...]] = {
    "to begin with": (*demo.VERBS, *tui.VERBS),
    "campaigns": campaign.VERBS,
    "earlier lines": lines.VERBS,
    "what to do next": plan.VERBS,
    "results": results.VERBS,
    "what is known": model.VERBS,
    "files": files.VERBS,
    "the store": files.STORE_VERBS,
}
VERBS: dict[str, AnyVerb] = {verb.name: verb for verbs in TOPICS.values() for verb in verbs}
