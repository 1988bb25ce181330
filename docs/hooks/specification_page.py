"""The reference of the specification, made from the commented example that the program prints."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field

HEAD = """# Specification

A campaign is described in one TOML file. `designer init --example > spec.toml` writes the commented
example that this page is made from; `designer init spec.toml` checks it and creates the campaign;
`designer amend CAMPAIGN spec.toml` changes a campaign that has begun. In Python the same is a
dictionary.

A specification is checked as a whole: every problem is told at once, with the path of the field
(`factor[2].step`), what was found and what is allowed. Contradicting constraints and an empty
feasible set are proved and named. Keys marked *optional* may be left out.

Names are letters, digits and `_`, unique together, and neither a word of the program (`run`,
`note`, `min`, …) nor ending in `_mean` or `_sd`. Units are what people write: `mg/cm^2`, `gsm`,
`um`, `wt%`, `1`.
"""


@dataclass
class Table:
    """One table of the specification.

    Attributes:
        header: as written, ``[[factor]]``.
        comment: what stands above it.
        rows: key, example, meaning.
    """

    header: str
    comment: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, key: str, example: str, meaning: str) -> None:
        """Take a key in; a key that is there already (another item) brings its meaning only."""
        for k, (known, shown, told) in enumerate(self.rows):
            if known == key:
                self.rows[k] = (known, shown, told or meaning)
                return
        self.rows.append((key, example, meaning))

    def go_on(self, text: str) -> None:
        """A comment that goes on in the next line."""
        key, example, meaning = self.rows[-1]
        gap = "<br>" if re.match(r"\w+ *= |default:", text) else " "
        self.rows[-1] = (key, example, f"{meaning}{gap}{text}".strip())


def example_text() -> str:
    """What ``designer init --example`` prints."""
    from designer.cli.main import main

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(["init", "--example"])
    return printed.getvalue()


def read_example(text: str) -> list[Table]:
    """Tables and keys of the commented example, in its order."""
    tables: dict[str, Table] = {}
    current: Table | None = None
    comment: list[str] = []
    for line in text.splitlines():
        if match := re.match(r"# --- (.*?) ?-*$", line):
            comment, current = [match[1]], None
        elif re.match(r"\[", line):
            current = tables.setdefault(line.strip(), Table(line.strip(), " ".join(comment)))
            comment = []
        elif match := re.match(r"(?:# )?(\w+) = (.*?)(?:\s+# (.*))?$", line):
            if current is not None:
                current.add(match[1], match[2], match[3] or "")
        elif (match := re.match(r"\s+#\s+(.*)", line)) and current is not None:
            current.go_on(match[1])
        elif (match := re.match(r"# (.*)", line)) and comment:  # the file's own head is left out
            comment.append(match[1])
    return [*tables.values()]


def page() -> str:
    """The page as Markdown."""
    text = example_text()
    parts = [HEAD]
    for table in read_example(text):
        rows = [f"| `{k}` | `{shown}` | {_cell(told)} |" for k, shown, told in table.rows]
        head = ["| key | for example | meaning |", "|---|---|---|"]
        parts.append("\n".join([f"## {table.header}", "", table.comment, "", *head, *rows, ""]))
    parts.append(f"## The whole example\n\n```toml\n{text}```\n")
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
