"""What mkdocs calls while it builds: adds the generated pages and draws formulas without scripts.

Nothing here asks the network, and nothing generated is kept in the repository: a page that must
follow the program is made from the program whenever the documentation is built.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # `mkdocs` alone, unlike `python -m mkdocs`, does not look here
    sys.path.insert(0, str(ROOT))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Formulas in ```math fences become MathML, which browsers draw by themselves."""
    from docs.hooks.formulas import as_mathml

    fences = config.mdx_configs.setdefault("pymdownx.superfences", {}).setdefault(
        "custom_fences", []
    )
    fences.append({"name": "math", "class": "math", "format": as_mathml})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every generated page and picture."""
    for name, content in generated().items():
        files.append(File.generated(config, name, content=content))
    return files


def generated() -> dict[str, str]:
    """All that is made from the program, by its place below ``docs/``."""
    from docs.hooks import (
        answers_page,
        keys_page,
        project_pages,
        rooms,
        specification_page,
        verbs_page,
    )

    makers: dict[str, Callable[[], str]] = {
        "reference/answers.md": answers_page.page,
        "reference/cli.md": verbs_page.page,
        "reference/keys.md": keys_page.page,
        "reference/specification.md": specification_page.page,
        "inside/rooms.md": rooms.rooms_page,
        "inside/contributing.md": project_pages.contributing,
        "inside/changelog.md": project_pages.changelog,
        "inside/measurements.md": project_pages.measurements,
    }
    made = {name: make() for name, make in makers.items()}
    return made | rooms.floors_pictures() | rooms.room_pages()
