"""One session of LibreOffice for each locale does the work for all tests, and all workers."""

import os
import time

import pytest

from tests.office.cases import Desk
from tests.office.day import Day
from tests.office.office import Job, Locale, office_sessions
from tests.office.typed import LOCALES, jobs

PATIENCE = 120.0  # s


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk on which everything was filled in, in one session of each locale for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "desk"
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:  # another worker is at it
        until = time.monotonic() + PATIENCE
        while not done.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert done.exists(), "the worker that drives LibreOffice has failed"
        return Desk(folder)
    desk = Desk(folder)
    day = Day(folder)
    day.begin()
    orders: dict[Locale, list[Job]] = {locale: jobs(folder, locale) for locale in LOCALES}
    orders["de-DE"] += day.jobs()
    office_sessions(folder, orders.items())
    done.touch()
    return desk
