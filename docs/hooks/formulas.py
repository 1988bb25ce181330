"""LaTeX to MathML while the pages are built: no script and no font is loaded to show a formula."""

from __future__ import annotations

from typing import Any

from latex2mathml.converter import convert


def as_mathml(
    source: str,
    _language: str,
    _css_class: str,
    _options: dict[str, Any],
    _md: Any,  # noqa: ANN401 - the Markdown object of the calling library
    **_more: Any,
) -> str:
    r"""One formula per line that ends in ``\\``, each on a line of its own."""
    rows = [row.strip() for row in source.replace("\n", " ").split(r"\\")]
    drawn = "".join(convert(row, display="block") for row in rows if row)
    return f'<div class="formula">{drawn}</div>'
