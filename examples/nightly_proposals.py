"""Keep some runs open, as a cron job would: propose only what is missing.

    python examples/nightly_proposals.py graphite --store pilot.db --open 6

Exit code 0: there are enough runs now. 3: the campaign cannot be planned (the reasons are printed).
4: somebody recorded something meanwhile; the next call of the job will do.
"""

from __future__ import annotations

import argparse
import sys

from designer import Campaign, DesignerError

OPEN = {"proposed", "running", "partial"}


def top_up(campaign: Campaign, wanted: int, seed: int | None = None) -> list[str]:
    """Propose what is missing to ``wanted`` open runs; returns the new run ids."""
    counts = campaign.status(refresh=False)["runs"]
    missing = wanted - sum(counts[status] for status in OPEN)
    if missing <= 0:
        return []
    return list(campaign.propose(missing, seed=seed).runs)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and top up one campaign."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("campaign")
    parser.add_argument("--store", required=True, help="a file or sqlite:///file")
    parser.add_argument("--open", type=int, default=4, help="runs that shall be open (default 4)")
    parser.add_argument("--seed", type=int, help="for random choices")
    given = parser.parse_args(arguments)
    try:
        campaign = Campaign.open(given.campaign, given.store, actor="nightly")
        runs = top_up(campaign, given.open, given.seed)
    except DesignerError as error:
        print("\n".join(str(problem) for problem in error.problems), file=sys.stderr)
        return error.exit_code
    print(f"proposed {', '.join(runs)}" if runs else "nothing to do")
    return 0


if __name__ == "__main__":
    sys.exit(main())
