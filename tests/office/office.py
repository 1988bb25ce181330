"""Work orders for LibreOffice: open a sheet, type into it, save it as what people save."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

DRIVER = Path(__file__).with_name("driver.py")
PYTHON = "/usr/bin/python3"
"""The system's Python, for which Debian's python3-uno is made."""
Locale = Literal["en-US", "de-DE"]
FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
}
SEPARATORS: dict[Locale, int] = {"en-US": ord(","), "de-DE": ord(";")}
UTF8 = 76
Step = tuple[str | int, ...]


def missing() -> str | None:
    """What these tests cannot do without; .ci/run installs it."""
    if shutil.which("soffice") is None:
        return "LibreOffice (libreoffice-calc-nogui) is not installed"
    found = Path(PYTHON).exists() and subprocess.run([PYTHON, "-c", "import uno"], check=False)
    if not found or found.returncode:
        return "python3-uno is not installed"
    return None


_MISSING = missing()
needs_office = pytest.mark.skipif(_MISSING is not None, reason=_MISSING or "")


@dataclass
class Job:
    """One file that somebody opens, works in and saves.

    Attributes:
        opened: the file.
        saved: what it is saved as; the ending chooses the format.
        steps: what is done in its first sheet, as of `tests.office.driver`.
        as_shown: whether a CSV file gets what cells show (the program's own choice), or all digits.
    """

    opened: Path
    saved: Sequence[Path]
    steps: list[Step] = field(default_factory=list)
    as_shown: bool = True

    def order(self, locale: Locale) -> dict[str, object]:
        """The job as the driver reads it."""
        shown = str(self.as_shown).lower()
        options = f"{SEPARATORS[locale]},34,{UTF8},1,,0,false,{shown},false"
        opening = f"{SEPARATORS[locale]},34,{UTF8},1,,0,false,true"
        return {
            "open": str(self.opened.resolve()),
            "options": opening * (self.opened.suffix == ".csv"),
            "steps": self.steps,
            "save": [
                (str(path.resolve()), FILTERS[path.suffix], options * (path.suffix == ".csv"))
                for path in self.saved
            ],
        }


@contextmanager
def driver(order: Path) -> Iterator[subprocess.Popen[str]]:
    """A driver at work; it ends with all it has begun when this process ends, however it does."""
    ours, held = os.pipe()
    process = subprocess.Popen(
        [PYTHON, str(DRIVER), str(order)], stdin=ours, stderr=subprocess.PIPE, text=True
    )
    os.close(ours)
    with process:
        try:
            yield process
        finally:
            os.close(held)


def office_sessions(
    folder: Path, jobs: Iterable[tuple[Locale, Sequence[Job]]], seconds: float = 120
) -> None:
    """Do all jobs, the locales beside each other, each in one session of LibreOffice.

    Args:
        folder: for profiles.
        jobs: by locale.
        seconds: until it must be done.
    """
    with ExitStack() as stack:
        at_work = []
        for locale, of_locale in jobs:
            orders = [job.order(locale) for job in of_locale]
            order = folder / f"order-{locale}.json"
            profile = str(folder / f"office-{locale}")
            order.write_text(json.dumps({"profile": profile, "locale": locale, "jobs": orders}))
            at_work.append(stack.enter_context(driver(order)))
        for process in at_work:
            _, errors = process.communicate(timeout=seconds)
            assert process.returncode == 0, errors
