"""Pages that live elsewhere in the repository, taken over as they are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def contributing() -> str:
    """The contributors' guide."""
    return _inside((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


def changelog() -> str:
    """What changed for users."""
    return _inside((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def measurements() -> str:
    """All tables of measurements."""
    return _inside((ROOT / "tests" / "benchmarks" / "README.md").read_text(encoding="utf-8"))


def _inside(text: str) -> str:
    """Links to pages of the documentation lead there; links to other files become their path."""
    text = text.replace("](CHANGELOG.md)", "](changelog.md)")
    text = re.sub(r"\]\(docs/inside/", "](", text)
    text = re.sub(r"\]\(docs/", "](../", text)
    return re.sub(r"\[([^\]]*)\]\((?!\.\./|#|[\w-]+\.md)([^):]*)\)", r"\1 (`\2`)", text)
