"""The run sheet: what stands on it, that it prints, and that no text of a campaign can hurt."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.plan_sheet import plan_runs
from designer.campaigns.sheets.run_object import Flag
from designer.campaigns.sheets.run_sheet.markdown import _text
from designer.campaigns.sheets.run_sheet.sheet import run_sheet
from tests.sheets.planned import LINE, RECIPES, WHY, Planned

FLAG = Flag(
    kind="slip", run="R002", response="porosity", message="R002: 3 % looks like <i>a slip</i>",
    since=None, hint=None,
)  # fmt: skip


BARE = """
[campaign]
version = 1
name = "bare"
line = "line4"
[[factor]]
name = "x"
low = 0
high = 1
[[response]]
name = "y"
"""


@dataclass
class Page(HTMLParser):
    """What a browser makes of a file: tags with their attributes, and texts by class."""

    html: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "path"):
            self._open.append(str(dict(attrs).get("class") or tag))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "br", "path"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((" ".join(self._open), data.strip()))

    def of(self, name: str) -> list[str]:
        """Texts inside elements of a class."""
        return [text for classes, text in self.texts if name in classes.split()]

    def count(self, name: str) -> int:
        """Elements of a class."""
        return sum(name in str(a.get("class") or "").split() for _, a in self.tags)


@pytest.fixture(scope="module")
def planned() -> Planned:
    return Planned()


def page_of(planned: Planned, plan: str | None = None) -> Page:
    state = planned.state
    flags = {"R002": [FLAG]}
    return Page(run_sheet(state, plan_runs(state, plan), flags, ".html").decode())


def test_runs_stand_in_order_with_their_settings_and_boxes(planned: Planned) -> None:
    page = page_of(planned)
    assert page.of("id") == [f"R00{k}" for k in range(1, 7)]
    assert page.count("card") == 6
    assert page.count("tile") == 6 * 4  # three factors and a given
    assert page.count("result") == 6 * 4  # three responses and a given
    assert page.of("told").count("planned for 35") == 6
    assert page.count("box") == 6 * 7
    assert page.of("value")[:5] == ["60", "wt%", "80", "um", "007"]
    changed = [a for t, a in page.tags if "tile" in str(a.get("class")).split()]
    assert ["changed" in str(a["class"]) for a in changed[4:8]] == [False, True, True, False]
    told = " ".join(page.of("result"))
    for text in (
        "in spec 11.4 to 12.6",
        "possible 0 to 60",
        "at least 30",
        "maximize",
        "12.35 ± 0.45",
    ):
        assert text in told
    assert page.of("watch") == ["R002: 3 % looks like <i>a slip</i>"]
    facts = " ".join(page.of("facts"))
    assert f"Why: {WHY}" in facts
    assert "R002" in facts
    assert "solid_content * gap <= 9500 (dryer capacity)" in facts


def test_a_block_per_batch(planned: Planned) -> None:
    page = page_of(planned)
    batches = [text for text in page.of("batch") if re.fullmatch(r"[a-z]+-\d\d", text)]
    # of the first stage all, of the others those with several runs
    assert batches == ["slurry-01", "coating-02", "slurry-02", "coating-03"]
    assert page.of("recipe") == ["solid_content 60 wt%", "gap 100.5 um", "solid_content 55.5 wt%",
                                 "gap 150 um"]  # fmt: skip
    assert "use within 8 h" in page.of("told")
    assert "3 runs" in page.of("told")


def test_the_settings_of_a_batch_of_one_run_stand_on_its_card_alone() -> None:
    alone = Planned(batches=[(f"new-{k}", f"new-{k}") for k in range(6)])
    page = page_of(alone)
    assert [text for text in page.of("batch") if text.startswith("slurry")] == [
        f"slurry-0{k}" for k in range(1, 7)
    ]
    assert page.of("recipe") == []
    assert page.count("single") == 6
    text = run_sheet(alone.state, plan_runs(alone.state), {}, ".md").decode()
    assert "## slurry-01\n\n1 run; new: 3 h; use within 8 h; label" in text


def test_what_goes_on_to_a_further_page_has_its_head_there() -> None:
    points = [DesignPoint(k + 1, 1, 1 + k // 3) for k in range(6)]
    page = page_of(Planned(design=points))
    heads = [text for classes, text in page.texts if "group thead" in classes]
    assert heads == [
        "Block 1, slurry-01", "(continued):", "solid_content 60 wt%",
        "Block 2, slurry-02", "(continued):", "solid_content 55.5 wt%",
    ]  # fmt: skip
    alone = page_of(Planned(batches=[(f"new-{k}", f"new-{k}") for k in range(6)]))
    assert not [text for classes, text in alone.texts if "group thead" in classes]
    assert ".group > tbody > tr { break-inside: avoid; }" in page.html


def test_all_there_is_to_say_of_one_thing_stands_below_it_once() -> None:
    points = [DesignPoint(k + 1, 1) for k in range(6)]
    planned = Planned(design=points, design_facts=("resolution V", "no centre points"))
    facts = page_of(planned).of("facts")
    at = facts.index("About the design:")
    assert facts[at : at + 4] == ["About the design:", "resolution V", "•", "no centre points"]
    state = planned.state
    text = run_sheet(state, plan_runs(state), {}, ".md").decode()
    assert "- **About the design:**\n    - resolution V\n    - no centre points\n" in text


def test_runs_proposed_for_different_reasons_say_so_each() -> None:
    page = page_of(Planned(reasons=("repeats R001", *[WHY] * 5)))
    assert page.of("why") == [
        text for own in ("repeats R001", *[WHY] * 5) for text in ("Why:", own)
    ]
    assert "Why:" not in page.of("facts")


def test_the_code_of_a_run_is_its_id(planned: Planned) -> None:
    paths = [str(a["d"]) for tag, a in page_of(planned).tags if tag == "path"]
    for run, path in zip(planned.state.runs, paths, strict=True):
        wanted = segno.make(run, micro=False, error="q", boost_error=False).matrix
        drawn = [[0] * len(wanted) for _ in wanted]
        for column, row, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path):
            for place in range(int(column), int(column) + int(length)):
                drawn[int(row)][place] = 1
        assert drawn == [list(row) for row in wanted]


def test_what_is_known_is_told() -> None:
    planned = Planned(extra=[{"coil": "<b>C7</b>"}] * 6)
    planned.record("R001", {"gap": "82"}, loading="12/12.5", porosity="31", adhesion=None)
    planned.fail("R002", "web break")
    page = page_of(planned, "P001")
    boxes = page.of("box")
    assert boxes == ["82", "12 / 12.5", "31", "none"]
    assert [text for text in page.of("tick") if text] == ["×", "×"]
    assert page.of("line").count("web break") == 1
    assert "<b>C7</b>" in page.of("chips")
    assert any("there already" in told for told in page.of("told"))
    chips = page.of("chips")
    assert "(new)" not in chips[: chips.index("slurry-02")]  # slurry-01 and coating-02 are there


def test_what_changed_since_a_plan_was_made_is_told() -> None:
    planned = Planned()
    facts = " ".join(page_of(planned).of("facts"))
    assert "Told when planned: a note of the plan" in facts
    assert "Changed since" not in facts
    planned.record("R001", loading="12", porosity="31", adhesion="2")
    planned.record("R002", loading="12", porosity="31", adhesion="2")
    planned.fail("R003", "web break")
    facts = " ".join(page_of(planned).of("facts"))
    assert "Changed since: 2 recorded results and 1 failed run; notes, reasons and" in facts
    assert "P001 are from before" in facts


def test_a_plan_in_the_place_of_another_does_not_call_that_a_change() -> None:
    planned = Planned()
    planned.replace()
    assert planned.state.runs["R001"].status == "abandoned"
    assert "Changed since: 6 abandoned runs" in " ".join(page_of(planned, "P001").of("facts"))
    assert "Changed since" not in " ".join(page_of(planned, "P002").of("facts"))


def test_blocks_of_a_design_are_headed() -> None:
    points = [DesignPoint(k + 1, 1, 1 + k // 4) for k in range(6)]
    planned = Planned(design=points)
    page = page_of(planned)
    assert page.of("part") == ["Block 1: 4 runs", "Block 2: 2 runs"]
    state = planned.state
    text = run_sheet(state, plan_runs(state), {}, ".md").decode()
    assert text.index("R004") < text.index("## Block 2: 2 runs") < text.index("R005")
    planned = Planned(design=[DesignPoint(k + 1, 1) for k in range(6)])
    assert page_of(planned).of("part") == []


def test_where_every_run_costs_one_the_title_counts_them_once() -> None:
    title = " ".join(page_of(Planned(BARE, [{"x": 0.5}])).of("h1"))
    assert title.endswith("plan P001: 1 run")


def test_no_text_is_taken_for_html_and_nothing_is_fetched_or_run() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&amp;</style><script>alert(2)</script>"
    name = f"{hostile[:40]}"
    text = LINE.replace("line & <b>four</b>", name.replace('"', "'"))
    text = text.replace("<script>x</script>", "</bdi></style><script>alert(3)</script>")
    recipe = {**RECIPES[5], "binder": "</bdi></style><script>alert(3)</script>"}
    page = page_of(Planned(text, [*RECIPES[:5], recipe]))
    assert {tag for tag, _ in page.tags} == {
        "html", "head", "meta", "title", "style", "body", "table", "thead", "tbody", "tr", "td",
        "bdi", "h1", "div", "p", "b", "span", "section", "svg", "path", "br",
    }  # fmt: skip
    names = {name for _, attributes in page.tags for name in attributes}
    assert not any(name.startswith("on") or name in ("src", "href", "style") for name in names)
    assert "</bdi></style><script>alert(3)</script>" in page.of("value")
    assert "url(" not in page.html
    assert "default-src 'none'" in page.html


def test_markdown_tells_the_same(planned: Planned) -> None:
    state = planned.state
    text = run_sheet(state, plan_runs(state), {"R002": [FLAG]}, ".md").decode()
    assert re.findall(r"^#### (R\d+)$", text, re.MULTILINE) == list(state.runs)
    assert "## slurry-01" in text
    assert "### coating-02" in text
    assert "| gap | **100.5** | um |  |" in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert not re.search(r"<(?!!)", text)
    for row in re.findall(r"^\|.*\|$", text, re.MULTILINE):
        assert len(re.findall(r"(?<!\\)\|", row)) == 5


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_text_means_anything_in_markdown(text: str) -> None:
    shown = _text(text)
    assert "\n" not in shown
    assert not re.search(r"[<>]", shown)
    bare = re.sub(r"\\[\\`*\[\]|~$_]", "", shown)
    assert not re.search(r"[`*\[\]|~$]", bare)
    unescaped = re.sub(r"\\([\\`*\[\]|~$_])", r"\1", shown)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        unescaped = unescaped.replace(entity, sign)
    assert unescaped == " ".join(text.split())


def test_a_plan_without_stages_or_windows(tmp_path: Path) -> None:
    planned = Planned(BARE, [{"x": 0.5}], predicted=False)
    page = page_of(planned)
    assert page.count("batch") == 0
    assert page.of("id") == ["R001"]
    assert export(planned.state, tmp_path / "plan.md") == 1
    assert "## R001" in (tmp_path / "plan.md").read_text(encoding="utf-8")


def test_a_design_tells_what_it_is() -> None:
    points = [DesignPoint(k + 1, 1) for k in range(6)]
    facts = " ".join(page_of(Planned(design=points)).of("facts"))
    assert "full-factorial" in facts
    assert "resolution V" in facts


def test_runs_of_many_settings_are_printed_in_less_height() -> None:
    extra = "".join(f'[[factor]]\nname = "f{k}"\nlow = 0\nhigh = 1\n' for k in range(12))
    recipes = [{**recipe, **{f"f{k}": 0.5 for k in range(12)}} for recipe in RECIPES]
    many = page_of(Planned(LINE.replace("[[given]]", f"{extra}[[given]]"), recipes)).html
    assert '<body class="dense">' in many
    assert "<body>" in page_of(Planned()).html
    size = re.search(r"\.dense \.tile \.value \{ font-size: ([\d.]+)pt", many)
    assert size is not None
    assert float(size[1]) >= 12  # read at the machine


def test_runs_do_not_break_across_pages_and_no_more_than_eight_fit(planned: Planned) -> None:
    style = page_of(planned).html
    card = re.search(r"\.card \{([^}]*)\}", style)
    assert card is not None
    assert "break-inside: avoid" in card[1]
    height = re.search(r"min-height: (\d+)mm", card[1])
    margins = re.search(r"@page \{ margin: (\d+)mm \d+mm (\d+)mm", style)
    assert height is not None
    assert margins is not None
    assert (297 - int(margins[1]) - int(margins[2])) / int(height[1]) < 9
    assert "break-after: avoid" in style
