"""Refusals of what is typed about runs: one problem for a fault, with place, value and a way on."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

MADE = "solid_content=55 coating_gap=100 binder=PVDF-A"
REFUSED = {
    "record small R005 porosity=abc": "is not a number (found 'abc'); allowed: a number in %",
    "record small R005 porosity=nan": "Leave it out until it is measured; `none` says",
    "record small R005 porosity=n.d.": "Leave it out until it is measured; `none` says",
    "record small R005 porosity=1,500": "Write 1.500 or 1500",
    "record small R005 porosity='<5'": "a bound is none",
    "record small R005 porosity=31±2": "Write 31 alone",
    "record small R005 porosity=31mm": "allowed: a unit like %",
    "record small R005 porosity=101": "allowed: 0 to 100 %. A typing error, another unit?",
    "record small R005 porosity=3300": "It looks 100× too large",
    "record small R005 porosity=-3": "allowed: 0 to 100 %",
    "record small r5 porosity=-3": "run R005, porosity: impossible value",
    "record small R099 porosity=3": "Open runs: R005, R007",
    "record small R005 porsity=3": "Did you mean 'porosity'?",
    "record small R005 coating_gap=100": "allowed: mass_loading, porosity",
    "record small R005 porosity=3 --set coating_gap=abc": "allowed: a number in um",
    "record small R005 porosity=3 --set coating_gap=nan": "Leave it out if it is not known",
    "record small R005 porosity=3 --set coating_gap=0.1": "It looks like mm (0.1 mm is 100 um)",
    "record small R005 porosity=3 --set binder=C": "allowed: PVDF-A, PVDF-B",
    "record small R005 porosity=3 --set gap=100": "allowed: solid_content, coating_gap, binder",
    "record small R005 porosity=3 --batch drying=1": "allowed: slurry, coating",
    "record small R005 porosity=3 --at yesterday": "write 2026-03-01 or 2026-03-01T14:30",
    "record small R005 porosity=3 --at 2999-01-01": "lies in the future",
    "record small R006 porosity=3": "Correct that value, or record this one as a replicate",
    "record small R006 mass_loading=3 --set coating_gap=77": "correct R006, with a reason",
    "correct small R005 porosity=3 --reason x": "Say what was really used with start or record",
    "correct small R006 porosity=3/4 --reason x": "(found 3/4). Correct one replicate at a time",
    "correct small R006 porosity=3 --replicate 7 --reason x": "(found 7); allowed: 1",
    "correct small R006 porosity=33 --reason ' '": "reason: is empty; allowed: 1 to 1000 char",
    "correct small R006 porosity=3 --set gap=3 --reason x": "allowed: solid_content, coating_gap",
    "start small R006": "is partial by",
    "start small R099": "Open runs: R005, R007",
    "note small R005": "(found R005). Write the run, then the remark in quotes",
    "note small ' '": "note: is empty; allowed: 1 to 10000 characters",
    "note small R099 hot": "Open runs: R005, R007",
    "note small hot --confirm slip": "Name the run whose flag is confirmed",
    "note small R005 hot --confirm slip": "(found 'slip'); allowed: it has no flags",
    "note small R006 hot --confirm slip": "(found 'slip'); allowed: off_plan",
    "note small R006 hot --confirm off_plan:porosity": "allowed: off_plan",
    "fail small R099 --reason x": "Open runs: R005, R007",
    "fail small R005 --reason ''": "reason: is empty; allowed: 1 to 1000 characters",
    "attach small solid_content=55 coating_gap=100": "binder: its value is missing; allowed: PVDF",
    f"attach small {MADE} porosty=3": "Did you mean 'porosity'?",
    f"attach small {MADE.replace('-A', '')} porosity=3": "allowed: PVDF-A, PVDF-B",
    f"attach small {MADE.replace('55', '5500')} porosity=3": "It looks 100× too large",
    "attach small nofile.csv": "nofile.csv: there is no such file",
    "amend small nofile.toml": "designer init --example prints a specification",
    "amend small other.toml": "campaign.name: cannot be changed (found 'other'); allowed: 'small'",
}


def test_every_refusal_names_the_place_the_value_and_what_to_do(begun: CommandLine) -> None:
    Path("other.toml").write_text(SMALL.replace('name = "small"', 'name = "other"'))
    begun("record", "small", "R006", "porosity=42", "--set", "coating_gap=120")
    before = begun.json("show", "small")["head"]
    for line, told in REFUSED.items():
        code = 4 if line.startswith(("record small R006", "start small R006")) else 3
        out = begun(*shlex.split(line), "--json", code=code)
        assert told in " ".join(begun.err.split()), line
        (problem,) = json.loads(out)["error"]["problems"]
        assert problem["where"], line
        assert problem["what"], line
        ways = (problem["found"], problem["allowed"], problem["hint"])
        own = any(word in problem["what"] for word in ("write", "future", "no such file"))
        assert any(ways) or own, line
    assert begun.json("show", "small")["head"] == before
