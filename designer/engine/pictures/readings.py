"""Results that stand beside a picture: own runs, open ones, failed ones, rows of earlier lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Setting
from designer.engine.pictures.answers import PictureReading, ReadingKind

_ROWS = 300  # rows of earlier lines in a picture, the nearest first (assumption)


def readings(
    state: CampaignState, recipe: Mapping[str, Setting], drawn: Collection[str] = ()
) -> list[PictureReading]:
    """Everything that was, or is to be, made and measured, with how near it is to a recipe.

    Args:
        state: the campaign.
        recipe: what the picture is about.
        drawn: factors that are axes: there, nothing is far away.
    """
    held = [factor for factor in state.spec.factors if factor.name not in drawn]
    own = [
        PictureReading(
            run=run.id,
            line=None,
            kind=kind,
            settings=dict(run.used),
            values=_means(run),
            near=likeness(held, run.used, recipe),
        )
        for run in state.runs.values()
        if (kind := _kind(run)) is not None
    ]
    return own + _of_lines(state, held, recipe)


def likeness(
    factors: Sequence[Factor], settings: Mapping[str, Setting], recipe: Mapping[str, Setting]
) -> float:
    """How alike two recipes are in some factors: 1 the same, 0 as different as can be."""
    if not factors:
        return 1.0
    apart = [_apart(factor, settings.get(factor.name), recipe[factor.name]) for factor in factors]
    return 1.0 - sum(apart) / len(apart)


def _apart(factor: Factor, one: Setting | None, other: Setting) -> float:
    if one is None:
        return 0.5  # nobody recorded it: half way
    if isinstance(one, str) or isinstance(other, str):
        return 0.0 if one == other else 1.0
    return min(1.0, factor.scale.apart(float(one), float(other)))


def _kind(run: Run) -> ReadingKind | None:
    if run.status == "failed":
        return "failed"
    if run.status == "abandoned":
        return None
    return "open" if not any(run.measurements.values()) else "made"


def _means(run: Run) -> dict[str, float]:
    if run.status == "failed":
        return {}
    found = {name: [*run.values(name)] for name in run.measurements}
    return {name: sum(values) / len(values) for name, values in found.items() if values}


def _of_lines(
    state: CampaignState, held: Sequence[Factor], recipe: Mapping[str, Setting]
) -> list[PictureReading]:
    names = {response.name for response in state.spec.responses}

    def all_rows() -> Iterator[PictureReading]:
        for line in state.used_lines:
            for row in line.rows:
                yield PictureReading(
                    run=None,
                    line=line.name,
                    kind="line",
                    settings=dict(row.settings),
                    values={
                        name: sum(values) / len(values)
                        for name, values in row.responses.items()
                        if name in names and values
                    },
                    near=likeness(held, row.settings, recipe),
                )

    return sorted(all_rows(), key=lambda reading: -reading["near"])[:_ROWS]
