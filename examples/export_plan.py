"""Write the open runs as a sheet for the line, and read the filled sheet back in.

    python examples/export_plan.py out graphite plan.csv --store pilot.db
    python examples/export_plan.py in graphite plan.csv --store pilot.db

The sheet has an empty column per response; what is filled in is found again by its run id, as often
as you like.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from designer import Campaign, DesignerError


def write_sheet(campaign: Campaign, path: Path) -> None:
    """All open runs: settings, batches, predictions, and columns to fill in."""
    campaign.export(path, what="plan", force=True)


def read_sheet(campaign: Campaign, path: Path) -> list[str]:
    """Record what was filled in; returns the run ids that got results."""
    table = pd.read_csv(path)
    filled = pd.DataFrame(index=pd.Index(table["run"], name="run"))
    for response in campaign.spec.responses:
        column = f"{response.name} [{response.unit}]"  # as the sheet writes it
        filled[response.name] = table[column].to_numpy()
    filled = filled.dropna(how="all")
    if not filled.empty:
        campaign.record(filled)
    return [str(run) for run in filled.index]


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; one direction per call."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("direction", choices=("out", "in"))
    parser.add_argument("campaign")
    parser.add_argument("file", type=Path)
    parser.add_argument("--store", required=True, help="a file or sqlite:///file")
    given = parser.parse_args(arguments)
    try:
        campaign = Campaign.open(given.campaign, given.store)
        if given.direction == "out":
            write_sheet(campaign, given.file)
            print(f"wrote {given.file}")
        else:
            print(f"recorded {', '.join(read_sheet(campaign, given.file)) or 'nothing'}")
    except DesignerError as error:
        print("\n".join(str(problem) for problem in error.problems), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
