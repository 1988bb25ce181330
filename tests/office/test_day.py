"""Plans out, results in: a day at a line, with LibreOffice between, step by step."""

import re
from typing import Any

from tests.office.cases import Desk
from tests.office.day import Day
from tests.office.office import needs_office

pytestmark = needs_office


def statuses(day: Day) -> dict[str, str]:
    return {run["run"]: run["status"] for run in day("show", "day")["runs"]}


def results(day: Day) -> dict[str, dict[str, list[float]]]:
    runs = (day("show", "day", run) for run in statuses(day))
    return {run["run"]: run["results"] for run in runs if run["results"]}


def test_a_day_at_a_line(desk: Desk) -> None:
    day = Day(desk.folder)
    begun = day.head()
    planned = {run["run"]: run["settings"] for run in day("show", "day")["runs"]}

    preview = day("import", "day", day.morning, "--dry-run")
    assert preview["counts"] == {
        "runs": 3, "values": 4, "changed": 1, "completed": 1, "failed": 1, "abandoned": 0,
        "attached": 0, "known": 0,
    }  # fmt: skip
    assert day.head() == begun
    first = day("import", "day", day.morning)
    assert first["counts"] == preview["counts"]
    morning = {
        "R001": {"loading": [12.125], "porosity": [31.2, 31.9]}, "R002": {"loading": [14.0625]},
    }  # fmt: skip
    assert results(day) == morning
    assert statuses(day) == {
        "R001": "completed", "R002": "partial", "R003": "failed", "R004": "proposed",
        "R005": "proposed", "R006": "proposed",
    }  # fmt: skip
    brings_nothing(day, day.morning, known=3)

    second = day("import", "day", day.evening, "--attach-new")
    assert second["counts"]["values"] == 5
    assert second["counts"]["attached"] == 1
    assert results(day) == {
        "R001": morning["R001"], "R002": {"loading": [14.0625], "porosity": [33.75]},
        "R004": {"loading": [9.5], "porosity": [40.0625]},
        "R006": {"loading": [17.0], "porosity": [28.3]},
        "R007": {"loading": [11.7], "porosity": [35.0]},
    }  # fmt: skip
    assert statuses(day) == {
        "R001": "completed", "R002": "completed", "R003": "failed", "R004": "completed",
        "R005": "abandoned", "R006": "completed", "R007": "completed",
    }  # fmt: skip
    second_run = day("show", "day", "R002")
    assert second_run["used"] == {**planned["R002"], "gap": 125.5}
    assert second_run["settings"] == planned["R002"]
    assert [note["text"] for note in second_run["notes"]] == ["thin edges"]
    assert day("show", "day", "R003")["failure"] == "web break"
    assert day("show", "day", "R004")["batch"]["slurry"] == "S-117"
    assert day("show", "day", "R007")["used"] == {"solid": 57.0, "gap": 150.0, "binder": "1-2"}
    brings_nothing(day, day.morning, known=3)
    brings_nothing(day, day.evening, known=10)

    following = day("propose", "day", "-n", 2, "--given", "humidity=30", "--seed", 2)
    new = {run["run"]: run["settings"] for run in following["runs"]}
    assert new.keys() == {"R008", "R009"}
    printed = desk.folder / "next.html"
    day("export", "day", printed)
    blocks = re.findall(r'class="id">(R\d+)<', printed.read_text(encoding="utf-8"))
    assert sorted(blocks) == sorted(new)


def brings_nothing(day: Day, path: Any, *, known: int) -> None:
    """The same sheet once more, however far the day has come."""
    before = day.head()
    counts = day("import", "day", path, "--attach-new")["counts"]
    assert counts == dict.fromkeys(counts, 0) | {"known": known}
    assert day.head() == before
