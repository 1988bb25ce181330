"""Drives LibreOffice through UNO; run by a Python that has it, which is not that of the tests.

A work order is a JSON file: a folder for the profile, a locale, and jobs, each a file to open, what
to do in its first sheet, and what to save it as. Nothing is left over: when standard input ends,
because whoever gave the order is gone, LibreOffice ends, too, with all processes it has begun.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>{locale}</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="DefaultLocale" oor:op="fuse"><value>{locale}</value></prop></item>
</oor:items>
"""
PATIENCE = 240.0  # s until LibreOffice must have started


def main() -> None:
    """Do one work order."""
    uno = importlib.import_module("uno")
    order = json.loads(Path(sys.argv[1]).read_text())
    profile = Path(order["profile"]).resolve()
    (profile / "user").mkdir(parents=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(PROFILE.format(locale=order["locale"]))
    pipe = f"designer{abs(hash(str(profile)))}"
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
         "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=end_when_alone, args=(office.pid,), daemon=True).start()
    try:
        desktop = connected(uno, pipe)
        for job in order["jobs"]:
            do(uno, desktop, job)
        try:
            desktop.terminate()
        except uno.getClass("com.sun.star.uno.Exception"):
            pass  # it is gone before it answers
        office.wait(PATIENCE)
    finally:
        end(office.pid)


def end(group: int) -> None:
    """End all processes of a group, if there are any left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def end_when_alone(group: int) -> None:
    """Wait until nobody holds the other end of standard input, and end everything then."""
    os.read(sys.stdin.fileno(), 1)
    end(group)
    os._exit(1)


def connected(uno: Any, pipe: str) -> Any:
    """The desktop of a LibreOffice that is starting."""
    local = uno.getComponentContext()
    make = local.ServiceManager.createInstanceWithContext
    resolver = make("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)


def do(uno: Any, desktop: Any, job: dict[str, Any]) -> None:
    """Open a file, work in it, save it."""

    def told(**values: object) -> tuple[object, ...]:
        kind = uno.getClass("com.sun.star.beans.PropertyValue")
        return tuple(kind(name, 0, value, 0) for name, value in values.items())

    asked: dict[str, object] = {"Hidden": True}
    if job.get("options"):
        asked |= {"FilterName": "Text - txt - csv (StarCalc)", "FilterOptions": job["options"]}
    book = desktop.loadComponentFromURL(Path(job["open"]).as_uri(), "_blank", 0, told(**asked))
    sheet = book.Sheets.getByIndex(0)
    for kind, *words in job.get("steps", []):
        if kind == "type":  # as a person types it, in the locale of the program
            sheet.getCellRangeByName(words[0]).FormulaLocal = words[1]
        elif kind == "unprotect":
            sheet.unprotect("")
        elif kind == "delete_row":
            sheet.Rows.removeByIndex(words[0] - 1, 1)
        elif kind == "hide_row":
            sheet.Rows.getByIndex(words[0] - 1).IsVisible = False
        elif kind == "sort":  # rows of a range by one of its columns, downwards
            field = uno.createUnoStruct("com.sun.star.table.TableSortField")
            field.Field, field.IsAscending = words[1], False
            fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
            method = told(SortFields=fields, ContainsHeader=False)
            uno.invoke(sheet.getCellRangeByName(words[0]), "sort", (method,))
        elif kind == "format":
            formats = book.NumberFormats
            local = uno.createUnoStruct("com.sun.star.lang.Locale")
            key = formats.queryKey(words[1], local, False)
            key = formats.addNew(words[1], local) if key == -1 else key
            sheet.getCellRangeByName(words[0]).NumberFormat = key
        else:
            raise ValueError(kind)
    for path, name, options in job.get("save", []):
        how = {"FilterName": name} | ({"FilterOptions": options} if options else {})
        book.storeToURL(Path(path).as_uri(), told(**how))
    book.close(True)


if __name__ == "__main__":
    main()
