"""What a plan is worth as a part of its workbook and run sheet."""

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from designer import Campaign, DesignerWarning, InputError
from designer.acquisition.judge.answers import LABELS
from designer.campaigns.sheets.export import export
from tests.campaigns_for_tests import SMALL
from tests.sheets.planned import Planned

FACTS = [
    ("Verdict", "12 runs <b>for</b> 4 h"), ("Aliases", "gap cannot be told from binder"),
    ("Aliases", "speed cannot be told from gap"),
]  # fmt: skip


def test_it_stands_on_the_sheet_of_facts_and_behind_the_runs(tmp_path: Path) -> None:
    state = Planned().state
    for name in ("plan.xlsx", "plan.html", "plan.md"):
        assert export(state, tmp_path / name, judge=lambda: FACTS) == 6
    sheet = load_workbook(tmp_path / "plan.xlsx")["Facts"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows(max_col=2)]
    at = rows.index(("What the plan is worth", None))
    assert rows[at + 1 : at + 4] == [FACTS[0], FACTS[1], (None, FACTS[2][1])]
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    text = (tmp_path / "plan.md").read_text(encoding="utf-8")
    for told in (page, text):
        assert "12 runs &lt;b&gt;for&lt;/b&gt; 4 h" in told
        assert told.index("R006") < told.index("What the plan is worth")


@pytest.mark.parametrize(
    ("name", "what"), [("plan.csv", "plan"), ("plan.json", "plan"), ("data.xlsx", "data")]
)
def test_there_is_no_room_for_it_elsewhere(tmp_path: Path, name: str, what: str) -> None:
    def never() -> list[tuple[str, str]]:
        raise AssertionError

    with pytest.raises(InputError, match=r"--judge: has no meaning .*\.xlsx, \.html or \.md"):
        export(Planned().state, tmp_path / name, what, judge=never)
    assert list(tmp_path.iterdir()) == []


def test_a_campaign_judges_the_plan_it_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("open").write_text("a file that is called like a word")
    (tmp_path / "spec.toml").write_text(SMALL)
    campaign = Campaign.create("spec.toml", store=None)
    with pytest.warns(DesignerWarning, match="nothing is known yet"):
        campaign.propose(4, seed=0)
    campaign.export("plan.md", judge=True)
    campaign.export("one.md", plan="P001", judge=True)
    for name in ("plan.md", "one.md"):
        worth = Path(name).read_text(encoding="utf-8").partition("What the plan is worth")[2]
        told = re.findall(r"^- \*\*(.*?):\*\*", worth, re.MULTILINE)
        assert told[0] == "Verdict"
        assert set(told) < set(LABELS.values())
        assert len(told) == len(set(told))
