"""The rooms and their floors, read from the folders and from the import contracts."""

from __future__ import annotations

import ast
import html
import re
import tomllib
from dataclasses import dataclass
from itertools import takewhile
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
ELSEWHERE = {"designer.api.campaign", "designer.api.plans", "designer.campaigns.errors"}
"""Modules with a page of their own in the references."""


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
        inside: package that all floors are in, ``designer.models``.
        floors: names on each floor, without that package.
    """

    title: str
    inside: str
    floors: tuple[tuple[str, ...], ...]


def contracts() -> list[Floors]:
    """All layers contracts of ``pyproject.toml``, in its order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        _floors(contract)
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]


def _floors(contract: dict[str, Any]) -> Floors:
    names = [
        [part.strip("() ") for part in re.split("[:|]", layer)] for layer in contract["layers"]
    ]
    inside = contract.get("containers", [""])[0]
    if not inside:
        paths = [name.split(".")[:-1] for floor in names for name in floor]
        shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False))
        inside = ".".join(parts[0] for parts in shared)
        names = [[name.removeprefix(f"{inside}.") for name in floor] for floor in names]
    return Floors(contract["name"], inside, tuple(map(tuple, names)))


WIDTH, FLOOR, GAP, LEFT = 860, 44, 8, 12  # pixels
_COLOURS = ("#cfe3f7", "#d6ebd9", "#f7e7c6", "#f3d7d2", "#e1d8f0")
_LONGEST = 92  # characters of a sentence that fit beside a name


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
        width = (WIDTH - 2 * LEFT - GAP * (len(names) - 1)) / len(names)
        for i, name in enumerate(names):
            parts += _box(LEFT + i * (width + GAP), GAP + k * (FLOOR + GAP), width, k, name)
            if len(names) == 1:
                parts.append(_beside(GAP + k * (FLOOR + GAP), f"{house.inside}.{name}"))
    parts.append(
        f'<text x="{LEFT}" y="{height - 10}" font-size="13" fill="#4a5a68">'
        "a floor may import from the floors below it, never from above</text>"
    )
    return "\n".join([*parts, "</svg>"])


def _box(x: float, y: float, width: float, floor: int, name: str) -> list[str]:
    return [
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{FLOOR}" rx="5"'
        f' fill="{_COLOURS[floor % len(_COLOURS)]}"/>',
        f'<text x="{x + 14:.1f}" y="{y + FLOOR / 2 + 5}" font-weight="bold"'
        f' fill="#14202b">{html.escape(name)}</text>',
    ]


def _beside(y: float, module: str) -> str:
    """What a package or module says about itself, beside its name."""
    folder, _, rest = module.removeprefix("designer.").partition(".")
    path = FOLDERS.get(folder, FOLDERS["designer"] / folder) / rest.replace(".", "/")
    init, single = path / "__init__.py", path.with_suffix(".py")
    text = first_sentence(_docstring(init if init.exists() else single))
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rpartition(" ")[0] + " …"
    return (
        f'<text x="180" y="{y + FLOOR / 2 + 5}" font-size="13" fill="#33424f">'
        f"{html.escape(text.replace('``', ''))}</text>"
    )


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
    """One page per folder: its packages, and what is public in each module."""
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
            parts += [
                f"::: {room.name}.{name}\n    options:\n"
                "      heading_level: 3\n      show_root_full_path: true\n"
                for name, _ in room.modules
                if name != "__main__" and f"{room.name}.{name}" not in ELSEWHERE
            ]
        pages[f"inside/rooms/{folder}.md"] = "\n".join(parts)
    return pages


def _anchor(name: str) -> str:
    return name.replace(".", "-")


def _code(text: str) -> str:
    return text.replace("``", "`").replace(">>>", "\\>>>")


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|")
