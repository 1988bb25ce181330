"""Where fits to long histories start: at the hyperparameters of the earlier lines alone.

They are searched for from the cold starts once, and again when the history changes. A fit with
target runs then begins close to its end, and always at the same place: remembered or computed
anew, the start depends on the history only.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.compression.fit_cache import Memory, key_of
from designer.models.data.dataset import ResponseData
from designer.models.gp.fitted import search
from designer.models.gp.hyperparameters import KNOWN_NOISE_SD, Layout, make_layout
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.likelihood import Likelihood
from designer.models.gp.training_rows import TrainingRows, modelled_stages


def cold_starts(layout: Layout) -> list[FloatArray]:
    """Two starts, of θ each: the prior's modes, and little trust in the lines."""
    return [layout.start(), layout.start(doubtful=True)]


def history_start(
    rows: TrainingRows, data: ResponseData, groups: IntArray, *, known: bool, memory: Memory
) -> dict[str, float]:
    """Hyperparameters of the earlier lines alone, by name.

    Points are seen as they are: process features and the upstream response, whose predictions
    change with every target run, come in later.

    Args:
        rows: compressed rows, points as they are encoded.
        data: where they came from.
        groups: input index of every encoded column, ``[D]``.
        known: the repeatability is stated or assumed.
        memory: of starts found before.
    """
    earlier = rows.of_earlier_lines
    layout = make_layout(
        groups=groups,
        positions=rows.positions,
        stages=modelled_stages(data, earlier),
        noise_factor_sd=KNOWN_NOISE_SD if known else None,
    )
    arrays: list[FloatArray | IntArray | BoolArray]
    arrays = [earlier.X, earlier.z, earlier.base, earlier.extra, earlier.position]
    for stage, codes in enumerate(earlier.batch.T):
        arrays += [earlier.shared(stage), np.unique(codes, return_inverse=True)[1]]
    for summary in earlier.summaries.values():
        arrays += [summary.noise, summary.at, summary.slope, summary.curvature]
    arrays += [layout.mean, layout.sd, layout.low, layout.high]
    key = key_of("start", layout.names, groups, *arrays)
    found = memory.get(key)
    if isinstance(found, Mapping) and set(found) == set(layout.names):
        theta = [found[name] for name in layout.names]
        if all(isinstance(value, float) for value in theta):
            return dict(zip(layout.names, theta, strict=True))
    best, _ = search(Likelihood(earlier, InputTransform(groups), layout), cold_starts(layout))
    values = layout.to_dict(best)
    memory.put(key, values)
    return values
