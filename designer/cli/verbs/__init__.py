"""All verbs, by topic in the order of the help."""

from __future__ import annotations

from designer.cli.verbs import (
    campaign as verbs_campaign,
)
from designer.cli.verbs import (
    demo as verbs_demo,
)
from designer.cli.verbs import (
    files as verbs_files,
)
from designer.cli.verbs import (
    lines as verbs_lines,
)
from designer.cli.verbs import (
    model as verbs_model,
)
from designer.cli.verbs import (
    plan as verbs_plan,
)
from designer.cli.verbs import (
    results as verbs_results,
)
from designer.cli.verbs import (
    store as verbs_store,
)
from designer.cli.verbs import (
    tui as verbs_tui,
)
from designer.cli.verbs.verb import Verb

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
