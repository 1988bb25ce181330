"""The rooms and their floors, read from the folders and from the import contracts."""

from __future__ import annotations

import ast
import html
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "designer": ROOT / "designer",
    "tui": ROOT / "tui",
    "acquisition": ROOT / "acquisition",
    "models": ROOT / "models",
    "campaigns": ROOT / "campaigns",
}
"""The five folders of the product, the front door first."""


@dataclass(frozen=True)
class Room:
    """One package: a folder with modules.

    Attributes:
        name: as imported, ``designer.models.gp``.
        text: what its ``__init__`` says about it.
        modules: name and docstring of each module, by name.
    """

    name: str
    text: str
    modules: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        """The first sentence of what it says about itself."""
        return first_sentence(self.text)


def first_sentence(text: str) -> str:
    """The first paragraph's first sentence, on one line."""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + "." if stop else paragraph


def rooms(folder: str) -> list[Room]:
    """The packages of a top-level folder, itself first."""
    found = []
    for init in sorted(FOLDERS[folder].rglob("__init__.py")):
        relative = init.parent.relative_to(ROOT)
        if any((ROOT / part).is_symlink() for part in (relative, *relative.parents)):
            continue
        name = ".".join(relative.parts)
        found.append(
            Room(
                name if folder == "designer" else f"designer.{name}",
                _docstring(init),
                tuple(
                    (path.stem, _docstring(path))
                    for path in sorted(init.parent.glob("*.py"))
                    if path.name != "__init__.py"
                ),
            )
        )
    return found


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


# ---- floors ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Floors:
    """A layers contract: the highest floor first.

    Attributes:
        title: name of the contract.
        floors: names on each floor, without the part they all begin with.
    """

    title: str
    floors: tuple[tuple[str, ...], ...]


def contracts() -> list[Floors]:
    """All layers contracts of ``pyproject.toml``, in its order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = []
    for contract in project["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            inside = _common(contract)
            floors = tuple(_names(layer, inside) for layer in contract["layers"])
            found.append(Floors(contract["name"], floors))
    return found


def _common(contract: dict[str, Any]) -> str:
    """Prefix to leave away in a picture: the package all floors are in."""
    containers = contract.get("containers")
    if containers:
        return ""
    names = [name.strip("() ") for layer in contract["layers"] for name in _parts(layer)]
    head = names[0].split(".")[:-1]
    while head and not all(name.startswith(".".join(head) + ".") for name in names):
        head.pop()
    return ".".join(head) + "." if head else ""


def _parts(layer: str) -> list[str]:
    return [part.strip() for part in layer.replace("|", ":").split(":")]


def _names(layer: str, inside: str) -> tuple[str, ...]:
    return tuple(part.strip("() ").removeprefix(inside) for part in _parts(layer))


WIDTH, FLOOR, GAP, LEFT = 760, 44, 8, 12  # pixels


def floors_pictures() -> dict[str, str]:
    """The house from outside (the first contract), then the floors inside rooms."""
    return {
        f"inside/floors-{number}.svg" if number else "inside/floors.svg": picture(house)
        for number, house in enumerate(contracts())
    }


def picture(house: Floors) -> str:
    """Floors as SVG; what stands on a floor may import from the floors below it only."""
    height = len(house.floors) * (FLOOR + GAP) + GAP + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="15" role="img">',
        f"<title>{html.escape(house.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#f6f7f9"/>',
    ]
    for k, names in enumerate(house.floors):
        y = GAP + k * (FLOOR + GAP)
        width = (WIDTH - 2 * LEFT - GAP * (len(names) - 1)) / len(names)
        for i, name in enumerate(names):
            x = LEFT + i * (width + GAP)
            parts += [
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{FLOOR}" rx="5"'
                f' fill="{_COLOURS[k % len(_COLOURS)]}"/>',
                f'<text x="{x + width / 2:.1f}" y="{y + FLOOR / 2 + 5}" text-anchor="middle"'
                f' fill="#14202b">{html.escape(name)}</text>',
            ]
    parts.append(
        f'<text x="{LEFT}" y="{height - 10}" font-size="13" fill="#4a5a68">'
        "a floor may import from the floors below it, never from above</text>"
    )
    return "\n".join([*parts, "</svg>"])


_COLOURS = ("#cfe3f7", "#d6ebd9", "#f7e7c6", "#f3d7d2", "#e1d8f0")


# ---- pages ----------------------------------------------------------------------------------


def rooms_page() -> str:
    """Every room with its sentence, folder by folder, and the floors inside."""
    parts = ["# Rooms\n\nEvery package with one sentence, read from the packages themselves.\n"]
    for number, house in enumerate(contracts()[1:], start=1):
        parts.append(f"**{house.title}**\n\n![{house.title}](floors-{number}.svg)\n")
    for folder in FOLDERS:
        parts.append(f"## {folder}/\n\n| package | holds | modules |\n|---|---|---|")
        parts += [
            f"| [`{room.name}`](rooms/{folder}.md#{_anchor(room.name)}) | {_cell(room.sentence)}"
            f" | {len(room.modules)} |"
            for room in rooms(folder)
        ]
        parts.append("")
    return "\n".join(parts)


def room_pages() -> dict[str, str]:
    """One page per folder: its packages and what each module is for."""
    pages = {}
    for folder in FOLDERS:
        parts = [f"# {folder}/\n"]
        for room in rooms(folder):
            parts.append(f"## {room.name} {{ #{_anchor(room.name)} }}\n\n{_code(room.text)}\n")
            if room.modules:
                parts.append("| module | is for |\n|---|---|")
                parts += [
                    f"| `{name}` | {_cell(first_sentence(text))} |" for name, text in room.modules
                ]
                parts.append("")
        pages[f"inside/rooms/{folder}.md"] = "\n".join(parts)
    return pages


def _anchor(name: str) -> str:
    return name.replace(".", "-")


def _code(text: str) -> str:
    return text.replace("``", "`").replace(">>>", "\\>>>")


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|")
