"""What every design can have: centre points, replicates, blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import DesignRoom
from designer.acquisition.designs.design import CENTRE
from designer.acquisition.designs.model_terms import ModelTerms
from designer.acquisition.designs.quality import mixed_with_blocks, standardised
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import listed

_ROUNDS = 30  # of exchanging runs between blocks, from other starts
_FEW = 64  # runs up to which so many starts take no time
_ORTHOGONAL = 1e-6


def complete(room: DesignRoom, asked: Asked, published: Published) -> Published:
    """A design with its centre points, replicates and blocks; every block is numbered."""
    if asked.replicates > 1:
        published = _repeated(published, asked.replicates, asked.blocks)
    wanted = published.centres if asked.centres is None else asked.centres
    if wanted:
        published = _with_centres(room, published, wanted)
    return published if published.blocks is not None else _in_blocks(room, published, asked)


def centre_points(room: DesignRoom, count: int) -> FloatArray:
    """Coded centre points, ``[count, k]``; categories and pairs of levels take turns."""
    coded = np.zeros((count, len(room.process)))
    for column, factor in enumerate(room.process):
        if factor.categories is not None:
            coded[:, column] = np.arange(count) % len(factor.categories)
        elif factor.count == 2:  # it has no middle
            coded[:, column] = np.where(np.arange(count) % 2, 1.0, -1.0)
    return coded


def _with_centres(room: DesignRoom, published: Published, count: int) -> Published:
    middles = published.middles or [blend.middle for blend in room.blends]
    amounts = tuple(
        np.vstack([own, np.repeat(middle[None, :], count, axis=0)])
        for middle, own in zip(middles, published.amounts, strict=True)
    )
    blocks, passes = published.blocks, published.passes
    if blocks is not None:
        blocks = np.concatenate([blocks, 1 + np.arange(count) % int(blocks.max())])
    if passes is not None:
        passes = np.concatenate([passes, 1 + np.arange(count) % int(passes.max())])
    pairs = [f.name for f in room.process if f.is_categorical or f.count == 2]
    facts = published.facts
    if pairs:
        facts = (*facts, f"centre points take the settings of {listed(pairs)} in turn")
    return replace(
        published,
        coded=np.vstack([published.coded, centre_points(room, count)]),
        kinds=np.concatenate([published.kinds, np.full(count, CENTRE)]),
        amounts=amounts,
        blocks=blocks,
        passes=passes,
        facts=facts,
    )


def _repeated(published: Published, several: int, blocks: int) -> Published:
    """Every point again; with as many blocks, each block is the whole design."""
    every = np.tile(np.arange(len(published)), several)
    passes = np.repeat(1 + np.arange(several), len(published))
    repeated = replace(replace(published, blocks=None).rows(every), passes=passes)
    if blocks == 1 or several % blocks:
        return repeated
    return replace(repeated, blocks=1 + (passes - 1) % blocks).with_facts(
        f"{counted(blocks, 'block')}, each the whole design"
    )


def _in_blocks(room: DesignRoom, published: Published, asked: Asked) -> Published:
    """Runs shared out so that the model's terms are mixed up with blocks as little as can be."""
    if asked.blocks == 1:
        return replace(published, blocks=np.ones(len(published), dtype=np.int64))
    terms = ModelTerms.of(room.spec, published.order, room.region.fixed)
    X = terms.matrix(room.columns(published.coded, published.amounts))
    blocks = shared_out(X, asked.blocks, asked.rng)
    return replace(published, blocks=blocks + 1).with_facts(shared_out_told(asked.blocks))


def shared_out(X: FloatArray, count: int, rng: np.random.Generator) -> IntArray:
    """Blocks of about equal size that are mixed up with a model's terms as little as can be.

    Args:
        X: the model's terms, ``[n, p]``.
        count: number of blocks.
        rng: source of the starts.

    Returns:
        Block of every run, from 0, ``[n]``.
    """
    n = len(X)
    best, worst = np.arange(n) % count, np.inf
    for _ in range(_ROUNDS if n <= _FEW else 4):
        blocks = _exchanged(standardised(X), rng.permutation(np.arange(n) % count))
        mixed = float(mixed_with_blocks(X, blocks).max(initial=0.0))
        if mixed < worst:
            best, worst = blocks, mixed
        if worst < _ORTHOGONAL:
            break
    return best


def shared_out_told(count: int) -> str:
    """How the runs were shared out, in words."""
    return f"{counted(count, 'block')}, as even as can be found"


def _exchanged(X: FloatArray, blocks: IntArray) -> IntArray:
    """Exchange runs of two blocks while that lowers the sum of squares between blocks."""
    blocks, n = blocks.copy(), len(blocks)
    sizes = np.bincount(blocks)
    sums = np.zeros((int(blocks.max()) + 1, X.shape[1]))
    np.add.at(sums, blocks, X)
    G = X @ X.T
    own = np.diag(G)
    for _ in range(10 * n):
        # Δ of Σ_b |S_b|²/n_b when i (block a) and j (block b) change places
        D = own[:, None] + own[None, :] - 2.0 * G
        to = X @ sums.T  # of every run with every block's sum, [n, blocks]
        at = to[np.arange(n), blocks]
        a, b = blocks[:, None], blocks[None, :]
        gain_a = (2.0 * (to[:, blocks].T - at[:, None]) + D) / sizes[a]
        gain_b = (2.0 * (to[:, blocks] - at[None, :]) + D) / sizes[b]
        change = np.where(a == b, 0.0, gain_a + gain_b)
        i, j = np.unravel_index(int(np.argmin(change)), change.shape)
        if change[i, j] > -_ORTHOGONAL:
            break
        sums[blocks[i]] += X[j] - X[i]
        sums[blocks[j]] += X[i] - X[j]
        blocks[i], blocks[j] = blocks[j], blocks[i]
    return blocks
