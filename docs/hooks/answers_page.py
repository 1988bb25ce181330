"""The types of all answers as tables of keys, read from the modules that define them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "campaigns/sheets/run_object.py",
    "designer/service/answers.py",
    "campaigns/store/facts.py",
    "designer/service/figures.py",
    "designer/engine/answers.py",
    "designer/engine/pictures/answers.py",
    "acquisition/judge/answers.py",
)
HEAD = """# Answers

What the verbs return and `--json` prints, key by key, made from the types in the program. What the
most used ones mean is told on the page [JSON](json.md). `X | None`: null where there is nothing to
tell.
"""


def page() -> str:
    """The page as Markdown: every answer with its keys, in the order of the modules."""
    found = [node for module in MODULES for node in typed_dicts(ROOT / module)]
    names = {node.name for node in found}
    return "\n".join([HEAD, *(_answer(node, names) for node in found)])


def typed_dicts(path: Path) -> Iterator[ast.ClassDef]:
    """The TypedDicts of a module and what builds on them: the classes with a base."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.bases:
            yield node


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base) for base in node.bases]


def _answer(node: ast.ClassDef, names: set[str]) -> str:
    parts = [f"## {node.name}", "", _text(ast.get_docstring(node) or ""), ""]
    more = [f"[{base}](#{base.lower()})" for base in _bases(node) if base in names]
    if more:
        parts += [f"With all keys of {' and '.join(more)}.", ""]
    keys = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    if keys:
        parts += ["| key | type |", "|---|---|"]
        parts += [f"| `{ast.unparse(k.target)}` | {_type(k, names)} |" for k in keys]
        parts.append("")
    return "\n".join(parts)


def _type(key: ast.AnnAssign, names: set[str]) -> str:
    text = ast.unparse(key.annotation).replace("|", "\\|").replace("[", "\\[")
    return re.sub(r"\w+", lambda m: _link(m[0]) if m[0] in names else m[0], text)


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _text(docstring: str) -> str:
    return docstring.replace("``", "`")
