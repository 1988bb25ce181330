"""What the payload of every kind of event holds, down to its leaves.

A store may come from a stranger, and right hashes say nothing about what was sealed. So payloads
are held against these types when they are read (`designer.campaigns.log.stored`), and before they
are written: what the fold and every verb behind it meet is what it says here, and a text where a
number belongs is damage of the store and no fault of the program.

Further keys may stand beside those named: a newer version may have told more. Names of things that
do not exist, and settings of the wrong kind, are contradictions that the fold finds.
"""

from __future__ import annotations

from collections.abc import Mapping

from designer.campaigns.log.payloads.campaign import (
    CampaignClosed,
    CampaignCreated,
    EventReversed,
    NoteAdded,
    SpecAmended,
)
from designer.campaigns.log.payloads.lines import LineAdded, LineSwitched
from designer.campaigns.log.payloads.plans import PlanProposed
from designer.campaigns.log.payloads.runs import (
    OfRun,
    ResultCorrected,
    ResultRecorded,
    RunPlanned,
    RunStarted,
)

PAYLOADS: Mapping[str, type] = {
    "campaign_created": CampaignCreated,
    "spec_amended": SpecAmended,
    "line_added": LineAdded,
    "line_excluded": LineSwitched,
    "line_included": LineSwitched,
    "plan_proposed": PlanProposed,
    "run_planned": RunPlanned,
    "run_started": RunStarted,
    "result_recorded": ResultRecorded,
    "result_corrected": ResultCorrected,
    "run_failed": OfRun,
    "run_abandoned": OfRun,
    "run_reopened": OfRun,
    "note_added": NoteAdded,
    "event_reversed": EventReversed,
    "campaign_closed": CampaignClosed,
}
"""Kind of event to what its payload holds, in the newest version."""
