"""Long histories: lines with many rows become a few pseudo-rows each.

An exact Gaussian process of all rows of 20 lines of 1,000 would need hours; what they say about
each line's surface fits into a few of its values with correlated noise (``line_gp``). Histories
up to ``MOST_ROWS`` stay as they are. Which pseudo-rows a line gets and what they hold depends on
the history alone, so adding target runs changes nothing in them and ``memory`` may keep them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.compression.fit_cache import Memory, key_of
from designer.models.compression.line_gp import LineKernel, LineModel
from designer.models.data.dataset import OWN_BATCH, ResponseData
from designer.models.data.outliers import LARGEST_SHARE, SURPRISE, surprising_message
from designer.models.gp.fitted import search
from designer.models.gp.hyperparameters import DOUBTED_NOISE_SD, make_layout
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.likelihood import Likelihood
from designer.models.gp.pseudo_rows import Summary
from designer.models.gp.training_rows import TrainingRows

MOST_ROWS = 300  # of all earlier lines together that stay as they are
PSEUDO_ROWS = 240  # of all earlier lines together otherwise (with the rows of short lines)
MOST_PER_LINE = 64
FIT_ROWS = 128  # of a line that its own hyperparameters are learned from


def compress(
    rows: TrainingRows, data: ResponseData, groups: IntArray, *, known: bool, memory: Memory
) -> tuple[TrainingRows, tuple[str, ...]]:
    """The rows to learn from, and what the user should know about the others.

    Args:
        rows: all rows, points as they are encoded.
        data: where they came from.
        groups: input index of every encoded column, ``[D]``.
        known: the repeatability is stated or assumed, and in ``rows.base``.
        memory: of lines summarised before.
    """
    earlier = [(p, s) for p, s in rows.blocks() if p < len(rows.positions) - 1]
    counts = np.array([s.stop - s.start for _, s in earlier], dtype=np.int64)
    if counts.sum() <= MOST_ROWS:
        return rows, ()
    parts, summaries, doubted = [], {}, []
    for (position, s), share in zip(earlier, shares(counts), strict=True):
        line = rows.subset(np.arange(s.start, s.stop))
        if share < len(line):
            summary, kept = _cached_summary(
                line, data, groups, share=int(share), known=known, memory=memory
            )
            summaries[position] = summary
            doubted.append(line.order[kept[summary.doubted]])
            line = line.subset(kept[summary.points])
            line = replace(
                line,
                z=summary.values,
                base=np.diagonal(summary.noise).copy(),
                extra=np.zeros(len(line)),
                batch=np.full(line.batch.shape, OWN_BATCH),
                # what else the line varied is part of its summary's noise
                nuisance=np.zeros_like(line.nuisance),
            )
        parts.append(line)
    parts.append(rows.subset(np.arange(rows.earlier, len(rows))))
    short = replace(rows.joined(parts), summaries=summaries)
    many = np.isin(rows.position, list(summaries)).sum()
    message = (
        f"{data.name}: {many} rows of {len(summaries)} earlier line(s) are summarised by"
        f" {short.pseudo.sum()} values of their surfaces"
    )
    found = np.sort(np.concatenate(doubted))
    return short, (message, *([surprising_message(data, found)] if len(found) else ()))


def shares(counts: IntArray) -> IntArray:
    """Rows per line: all of short lines, the rest shared equally among the long ones."""
    out = np.zeros_like(counts)
    left = PSEUDO_ROWS
    for done, k in enumerate(np.argsort(counts, kind="stable")):
        fair = max(left // (len(counts) - done), 1)
        left -= min(int(counts[k]), fair)
        out[k] = counts[k] if counts[k] <= fair else min(fair, MOST_PER_LINE)
    return out


def _cached_summary(
    line: TrainingRows,
    data: ResponseData,
    groups: IntArray,
    *,
    share: int,
    known: bool,
    memory: Memory,
) -> tuple[Summary, IntArray]:
    """The line's summary, from memory when it was made before, and the rows it is about."""
    stages = tuple(s for s in range(data.stages) if data.effects[s] and line.shared(s).any())
    kept = np.flatnonzero(line.extra == 0)
    if not len(kept):  # nothing but outliers: better than nothing
        kept = np.arange(len(line))
    # a line by itself, its batches numbered from 0; batches of their own stay negative
    batch = np.full((len(kept), len(stages)), OWN_BATCH)
    for column, codes in zip(batch.T, line.batch[kept][:, stages].T, strict=True):
        ranks = np.unique(codes, return_inverse=True)[1]
        column[codes >= 0] = ranks[codes >= 0]
    nothing, alone = np.zeros(len(kept)), np.zeros(len(kept), dtype=np.int64)
    mine = replace(line.subset(kept), batch=batch, extra=nothing, position=alone, positions=(0,))
    settings = (share, known, stages, FIT_ROWS)
    key = key_of("line", mine.X, mine.z, mine.base, mine.batch, groups, settings)
    summary = Summary.from_json(memory.get(key), len(kept))
    if summary is None:
        summary = summarise(mine, stages, groups, share, known=known)
        memory.put(key, summary.to_json())
    return summary, kept


def summarise(
    line: TrainingRows, stages: tuple[int, ...], groups: IntArray, share: int, *, known: bool
) -> Summary:
    """One line as pseudo-rows; rows that contradict all the others are left out.

    Args:
        line: its rows, as a line by itself.
        stages: stages whose batches they share.
        groups: input index of every encoded column, ``[D]``.
        share: number of pseudo-rows.
        known: the repeatability is stated or assumed, and in ``line.base``.
    """
    layout = make_layout(
        groups=groups,
        positions=(0,),
        stages=tuple(range(len(stages))),
        noise_factor_sd=DOUBTED_NOISE_SD if known else None,
    )

    def model_of(line: TrainingRows) -> LineModel:
        """The line's own GP, its hyperparameters learned from rows far from each other."""
        some = line.subset(np.sort(spread_out(line.X, FIT_ROWS)))
        some = replace(some, z=some.z - some.z.mean())
        theta, _ = search(Likelihood(some, InputTransform(groups), layout), [layout.start()])
        p = layout.unpack(theta)
        variances = np.log(np.concatenate([p.noise, p.batch]))
        kernel = LineKernel(p.surface[groups], p.amplitude, variances)
        return LineModel(line, stages, kernel, refine=len(some) < len(line))

    model = model_of(line)
    doubted = np.flatnonzero(np.abs(model.surprise) > SURPRISE)
    if not 0 < len(doubted) <= LARGEST_SHARE * len(line):
        return model.summary(share, doubted[:0])
    kept = np.setdiff1d(np.arange(len(line)), doubted)
    summary = model_of(line.subset(kept)).summary(share, doubted)
    return replace(summary, points=kept[summary.points])


def spread_out(X: FloatArray, count: int) -> IntArray:
    """Indices ``[count]`` of points far from each other; the first is nearest to the mean.

    Each is farthest from those already picked (Gonzalez 1985).
    """
    if count >= len(X):
        return np.arange(len(X))
    picked = [int(np.argmin(np.square(X - X.mean(axis=0)).sum(axis=1)))]
    distance = np.full(len(X), np.inf)
    while len(picked) < count:
        np.minimum(distance, np.square(X - X[picked[-1]]).sum(axis=1), out=distance)
        distance[picked[-1]] = -1.0  # replicates of it are at distance 0 and may still come
        picked.append(int(np.argmax(distance)))
    return np.array(picked, dtype=np.int64)
