"""Predictions and recommended set-points in words."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import Column, table
from designer.render.words import (
    count,
    number,
    share,
    with_error,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data
    from designer.service import Service

EXPLAINED = "± is the sd of one more measured result."


def predicted_text(answer: Data, service: Service, arguments: Namespace) -> list[str]:
    """Predicted responses of recipes, or where they were written."""
    rows: Sequence[Mapping[str, Any]] = answer["rows"]
    if answer.get("file"):
        return [f"Wrote {count(len(rows), 'recipe')} to {answer['file']}"]
    view = view_of(service, arguments.campaign)
    columns = list(_columns([str(name) for name in answer["columns"]], rows, view))
    return [*table(columns), "", EXPLAINED]


def _columns(
    names: Sequence[str], rows: Sequence[Mapping[str, Any]], view: SpecView
) -> Iterable[Column]:
    if len(rows) > 1:
        yield Column("row", [str(k + 1) for k in range(len(rows))], key=True)
    for name in names:
        response = name.removesuffix("_mean")
        spread = f"{response}_sd_result"
        if name != response and spread in names:
            cells = [with_error(row[name], row[spread]) for row in rows]
            yield Column(response, cells, view.unit(response))
        elif name == "in_spec":
            yield Column("in spec", [share(row[name]) for row in rows])
        elif not _is_error(name, names):
            yield Column(name, [number(row[name]) for row in rows], view.unit(name))


def _is_error(name: str, names: Sequence[str]) -> bool:
    """Whether the column only tells the error of another one."""
    return any(
        name.endswith(ending) and f"{name.removesuffix(ending)}_mean" in names
        for ending in ("_sd", "_sd_result")
    )


def best_text(answer: Data, service: Service, arguments: Namespace) -> list[str]:
    """Recommended set-points, best first."""
    best: Sequence[Mapping[str, Any]] = answer["best"]
    if not best:
        return [f"{answer['campaign']} has no set-points to recommend yet."]
    view = view_of(service, arguments.campaign)
    columns = [Column("", [str(k + 1) for k in range(len(best))], key=True)]
    settings = dict.fromkeys(name for recipe in best for name in recipe.get("settings") or ())
    for name in settings:
        cells = [number((recipe.get("settings") or {}).get(name)) for recipe in best]
        columns.append(Column(name, cells, view.unit(name)))
    responses = dict.fromkeys(name for recipe in best for name in recipe.get("predicted") or ())
    for name in responses:
        told = [(recipe.get("predicted") or {}).get(name) or {} for recipe in best]
        figures = [with_error(each.get("mean"), each.get("sd_result")) for each in told]
        columns.append(Column(name, figures, view.unit(name)))
    if any(recipe.get("in_spec") is not None for recipe in best):
        columns.append(Column("in spec", [share(recipe.get("in_spec")) for recipe in best]))
    if any(recipe.get("success") is not None for recipe in best):
        columns.append(Column("can be made", [share(recipe.get("success")) for recipe in best]))
    return [*table(columns), "", EXPLAINED]
