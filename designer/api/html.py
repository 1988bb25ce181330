"""What a notebook shows of a campaign, a plan and a status; all text is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from designer.render.expected import bits_words, in_spec_words, predicted_items
from designer.render.figures import figure_text
from designer.render.words import NOTHING, in_unit, plain, setting_items, share

if TYPE_CHECKING:
    import pandas as pd

    from designer.campaigns.specification.specification import Specification
    from designer.service.figures import StatusAnswer


def text(value: object) -> str:
    """Text that is neither markup nor a command."""
    return escape(plain(str(value)))


def headed(title: str, sentences: Iterable[str], table: str = "") -> str:
    """A title, paragraphs, and a table that is HTML already."""
    told = "".join(f"<p>{text(sentence)}</p>" for sentence in sentences)
    return f"<div><strong>{text(title)}</strong>{told}{table}</div>"


def html_of_frame(frame: pd.DataFrame) -> str:
    """A DataFrame as a table, figures to three digits."""
    header = ["run", *map(str, frame.columns)]
    rows = [[label, *map(_cell, values)] for label, *values in frame.itertuples()]
    return html_table(header, rows)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return NOTHING if math.isnan(value) else figure_text(value)
    return NOTHING if value is None else str(value)


def html_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; every cell is escaped."""
    head = "".join(f"<th>{text(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def status_html(answer: StatusAnswer, spec: Specification) -> str:
    """Where a campaign stands: runs, errors of the models, the best recipe, advice, warnings."""
    units = {item.name: item.unit for item in (*spec.inputs, *spec.responses)}
    told = [_runs(answer)]
    if answer["information_bits"] is not None:
        told.append(f"Learned: {bits_words(answer['information_bits'])}")
    best = answer["best"]
    if best is not None:
        sentence = f"Best so far: {', '.join(setting_items(best['settings'], units))}"
        if best["predicted"]:
            sentence += f" → {', '.join(predicted_items(best['predicted'], units))}"
        if best["in_spec"] is not None:
            sentence += f"; {in_spec_words(best['in_spec'], best['in_spec_measured'])}"
        told.append(sentence)
    told += [answer["advice"], *answer["warnings"], *answer["notes"]]
    rows = [
        (
            name,
            NOTHING
            if figures["error_sd"] is None
            else f"{figure_text(figures['error_sd'], 2)}{in_unit(units.get(name))}",
            share(figures["coverage"]),
        )
        for name, figures in answer["responses"].items()
    ]
    header = ("response", "prediction error (1 sd)", "results inside 95 %")
    return headed(_title(answer), told, html_table(header, rows))


def campaign_html(answer: StatusAnswer, store: str) -> str:
    """A campaign without computing: where it is, how many runs, what to do next."""
    return headed(_title(answer), [f"Store: {store}", _runs(answer), answer["advice"]])


def _title(answer: StatusAnswer) -> str:
    return f"{answer['campaign']} on {answer['line']}, goal: {answer['goal']}"


def _runs(answer: StatusAnswer) -> str:
    runs = ", ".join(f"{number} {status}" for status, number in answer["runs"].items() if number)
    return f"Runs: {runs or 'none yet'}"


class ShownStatus(dict[str, object]):
    """What `Campaign.status` returns: the answer's dict, which a notebook shows as a page.

    Args:
        answer: the status.
        spec: the campaign's specification.
    """

    def __init__(self, answer: StatusAnswer, spec: Specification) -> None:
        super().__init__(answer)
        self._shown = status_html(answer, spec)

    def _repr_html_(self) -> str:
        return self._shown
