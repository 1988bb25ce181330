"""One pilot line of the twin, and campaigns made on it: truth, batch effects, measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from designer.models.arrays import FloatArray
from designer.twin.designs import sobol
from designer.twin.factors import (
    BASE_FACTORS,
    FACTORS,
    Recipes,
    TwinOptions,
    columns_of,
    settings_of,
)
from designer.twin.physics import OTHER_MATERIAL, REFERENCE, Constants, make_electrode
from designer.twin.variation import Gauge, draw_constants

Seed: TypeAlias = int | np.random.Generator
BatchIds: TypeAlias = (
    Mapping[str, Sequence[str | None]] | Sequence[Mapping[str, str] | Mapping[str, str | None]]
)

BATCH_STAGES: tuple[str, ...] = ("slurry", "coating")
_SPREAD_POINTS = 256
_LINE, _NOISE, _RUN, _BATCH, _CHILD = range(1, 6)  # what a random stream is for


def entropy_of(seed: Seed) -> int:
    """A whole number that names the random streams: the seed itself, or one drawn from it."""
    return int(seed.integers(1 << 62)) if isinstance(seed, np.random.Generator) else int(seed)


def child_seed(seed: int, *key: int) -> int:
    """A seed of its own for part ``key`` of whatever ``seed`` stands for."""
    return int(np.random.default_rng([seed, _CHILD, *key]).integers(1 << 62))


def draw_mirrored(rng: np.random.Generator) -> tuple[str, str]:
    """Two base factors for a misleading line, in the table's order."""
    first, second = sorted(rng.choice(len(BASE_FACTORS), 2, replace=False))
    return BASE_FACTORS[first], BASE_FACTORS[second]


@dataclass(frozen=True, eq=False)
class TwinLine:
    """One line of the twin.

    Attributes:
        seed: names all its random streams.
        options: optional factors and responses.
        constants: hidden constants.
        mirrored: factors that are logged mirrored in their range (misleading lines).
        gauges: by response.
    """

    seed: int
    options: TwinOptions
    constants: Constants
    mirrored: tuple[str, ...]
    gauges: Mapping[str, Gauge]

    @classmethod
    def draw(
        cls,
        seed: Seed,
        *,
        misleading: bool = False,
        options: TwinOptions | None = None,
        mirrored: tuple[str, str] | None = None,
    ) -> TwinLine:
        """Draw a line.

        Args:
            seed: whole number ≥ 0, or a generator to take one from.
            misleading: another material, with two base factors logged mirrored.
            options: optional factors and responses; none when left out.
            mirrored: which two; drawn when left out. Only for misleading lines.
        """
        entropy, options = entropy_of(seed), options or TwinOptions()
        rng = np.random.default_rng([entropy, _LINE])
        material = OTHER_MATERIAL if misleading else REFERENCE
        constants = draw_constants(rng, material, options.variation)
        swapped: tuple[str, ...] = ()
        if misleading:
            drawn = draw_mirrored(rng)  # also when not asked for: what follows stays the same
            swapped = mirrored or drawn
        points = sobol(_SPREAD_POINTS, len(options.factors))
        columns = {f.name: f.at(points[:, d]) for d, f in enumerate(options.factors)}
        electrode = make_electrode(settings_of(columns, options), constants)
        gauges = {
            r.name: Gauge.draw(rng, r, float(electrode.response(r.name).std()))
            for r in options.responses
        }
        return cls(entropy, options, constants, swapped, gauges)

    def true_settings(self, recipes: Recipes) -> dict[str, FloatArray]:
        """What really was set when the log says ``recipes``: all five settings, each ``[n]``."""
        settings = settings_of(columns_of(recipes), self.options)
        for factor in FACTORS:
            if factor.name in self.mirrored:
                mirrored = factor.low + factor.high - settings[factor.name]
                # a setting logged far beyond the range would mirror to nothing at all
                settings[factor.name] = np.maximum(mirrored, factor.step)
        return settings

    def truth(self, recipes: Recipes) -> dict[str, FloatArray]:
        """Noise-free readings of this line's gauges without batch effects, ``[n]`` by response.

        Args:
            recipes: logged settings, as columns or one mapping per recipe.
        """
        electrode = make_electrode(self.true_settings(recipes), self.constants)
        return {name: gauge.read(electrode.response(name)) for name, gauge in self.gauges.items()}

    def campaign(self, seed: Seed) -> TwinCampaign:
        """A campaign on this line: its batches keep their effects."""
        return TwinCampaign(self, entropy_of(seed))

    def make(
        self, recipes: Recipes, batches: BatchIds | None = None, *, seed: Seed
    ) -> dict[str, FloatArray]:
        """Make and measure recipes in a campaign of their own; see ``TwinCampaign.make``."""
        return self.campaign(seed).make(recipes, batches)


@dataclass
class TwinCampaign:
    """Runs made one after another on a line; a batch id stands for the same batch for ever.

    Attributes:
        line: where the runs are made.
        seed: names the random streams. Batch effects depend on seed, stage and id only, the noise
            of a run on seed and its number: making 4 + 4 runs gives what making 8 gives.
        made: number of runs made so far.
    """

    line: TwinLine
    seed: int
    made: int = field(default=0)

    def make(self, recipes: Recipes, batches: BatchIds | None = None) -> dict[str, FloatArray]:
        """Make and measure recipes.

        Args:
            recipes: settings, as columns or one mapping per recipe.
            batches: batch ids by stage, or one mapping per recipe; runs without an id (None, empty)
                are batches of their own. Stages other than slurry and coating have no effect.

        Returns:
            One measurement per recipe and response, ``[n]``.

        Raises:
            ValueError: settings missing or impossible; as many batch ids as recipes are needed.
        """
        truth = self.line.truth(recipes)
        n = len(next(iter(truth.values())))
        ids = _batch_columns(batches, n)
        runs = [self.made + k for k in range(n)]
        self.made += n
        noise = np.array([self._normal(_NOISE, run) for run in runs]).reshape(n, -1)
        effects = {
            stage: np.array(
                [self._batch(stage, b, run) for b, run in zip(ids[stage], runs, strict=True)]
            ).reshape(n, -1)
            for stage in BATCH_STAGES
        }
        measured = {}
        for j, (name, gauge) in enumerate(self.line.gauges.items()):
            total = gauge.noise * noise[:, j]
            for stage, effect in effects.items():
                total = total + gauge.batch[stage] * effect[:, j]
            measured[name] = gauge.disturb(truth[name], total)
        return measured

    def batch_effects(self, stage: str, batch: str) -> dict[str, float]:
        """Standard normal effects of a batch by response (times ``Gauge.batch[stage]``)."""
        return dict(zip(self.line.gauges, map(float, self._batch(stage, batch, 0)), strict=True))

    def _batch(self, stage: str, batch: str | None, run: int) -> FloatArray:
        number = BATCH_STAGES.index(stage)
        if not batch:
            return self._normal(_RUN, number, run)
        return self._normal(_BATCH, number, *batch.encode())

    def _normal(self, *key: int) -> FloatArray:
        rng = np.random.default_rng([self.seed, *key])
        return rng.standard_normal(len(self.line.gauges))


def _batch_columns(batches: BatchIds | None, n: int) -> dict[str, list[str | None]]:
    """Batch ids as one list of length ``n`` per stage."""
    columns: dict[str, list[str | None]]
    if batches is None or isinstance(batches, Mapping):
        columns = {stage: list((batches or {}).get(stage, [None] * n)) for stage in BATCH_STAGES}
    else:
        columns = {stage: [row.get(stage) for row in batches] for stage in BATCH_STAGES}
    for stage, column in columns.items():
        if len(column) != n:
            raise ValueError(f"{stage}: {len(column)} batch ids for {n} recipes")
    return columns
