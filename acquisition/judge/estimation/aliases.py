"""Which effects of a plan cannot be told from each other, or only in part.

Effects are compared by the correlation of their columns once the mean is taken away (of shares of
a mixture: what the shares themselves explain); effects of several columns by their largest
canonical correlation (Hotelling 1936, Biometrika 28, 321). 1 is complete aliasing, what lies
between is told with its number (Jones & Nachtsheim 2011, J. Qual. Technol. 43, 1). The alias
matrix is ``(X₁'X₁)⁻¹X₁'X₂``: by how much the effects X₂ that a model leaves out bias its terms X₁
(Box & Wilson 1951, J. R. Stat. Soc. B 13, 1, eq. 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.designs.model_terms import INTERCEPT
from designer.acquisition.judge.estimation.effects import NOTHING, Effect, EffectKind, PlanModel
from designer.models.arrays import FloatArray

COMPLETE = 1.0 - 1e-7
NEARLY = 0.95  # told as hardly to be told apart: a twentieth is left of the variance (assumption)
_TOLD = 0.1  # correlations below change no decision (assumption)


@dataclass(frozen=True)
class Alias:
    """Effects that cannot be told from each other, or hardly.

    Attributes:
        effects: their names, main effects first.
        correlation: of their columns; of several columns without sign.
        kinds: of each.
    """

    effects: tuple[str, ...]
    correlation: float
    kinds: tuple[EffectKind, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing tells them apart."""
        return abs(self.correlation) >= COMPLETE


@dataclass(frozen=True)
class AliasStructure:
    """How the effects of a plan hang together.

    Attributes:
        constant: effects that do not vary (a factor, or its square, is the same in all runs).
        complete: groups of effects nothing tells apart.
        partial: pairs that are correlated, the strongest first.
    """

    constant: tuple[Effect, ...]
    complete: tuple[Alias, ...]
    partial: tuple[Alias, ...]


def alias_structure(model: PlanModel) -> AliasStructure:
    """Compare every pair of effects of a model.

    Of a factor that stays, that is told alone: what else it takes part in follows from it.
    """
    bases, constant, effects = [], [], []
    still = set[str]()  # main effects come first
    base = _mean_part(model)
    for effect in model.effects:
        if still & {*effect.factors}:
            continue
        columns = model.F[:, effect.columns]
        left = columns - base @ (base.T @ columns)
        Q, sizes, _ = np.linalg.svd(left, full_matrices=False)
        scale = max(float(np.linalg.norm(columns)), NOTHING)
        kept = Q[:, sizes > 1e-7 * scale]
        if kept.shape[1]:
            bases.append(kept)
            effects.append((effect, left))
        elif effect.factors and not _is_share(model, effect):
            constant.append(effect)
            still |= {*effect.factors} if effect.kind == "main" else set()
    pairs = _pairs(bases)
    complete = _groups([e for e, _ in effects], pairs)
    told = []
    for (i, j), r in sorted(pairs.items(), key=lambda item: (-round(item[1], 9), item[0])):
        if _TOLD <= r < COMPLETE:
            sign = _sign(effects[i][1], effects[j][1])
            told.append(_alias([effects[i][0], effects[j][0]], sign * r))
    return AliasStructure(tuple(constant), tuple(complete), tuple(told))


def _is_share(model: PlanModel, effect: Effect) -> bool:
    """Whether it is a share of a mixture, which stands for the mean."""
    blends = {f.name for f in model.terms.factors if f.role == "blend"}
    return effect.kind == "main" and effect.factors[0] in blends


def _mean_part(model: PlanModel) -> FloatArray:
    """An orthonormal basis of what stands for the mean, ``[n, k]``."""
    ones = np.ones((len(model.F), 1))
    shares = [e.columns for e in model.effects if _is_share(model, e)]
    part = np.hstack([ones, *(model.F[:, columns] for columns in shares)])
    Q, sizes, _ = np.linalg.svd(part, full_matrices=False)
    return np.asarray(Q[:, sizes > NOTHING * sizes[0]])


def _pairs(bases: Sequence[FloatArray]) -> dict[tuple[int, int], float]:
    """Largest canonical correlation of every pair that is worth telling."""
    if not bases:
        return {}
    widths = [basis.shape[1] for basis in bases]
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]]).astype(np.int64)
    Q = np.hstack(bases)
    G = Q.T @ Q
    bound = np.sqrt(np.add.reduceat(np.add.reduceat(G**2, starts, axis=0), starts, axis=1))
    found = {}
    for i, j in zip(*np.nonzero(np.triu(bound >= _TOLD, 1)), strict=True):
        block = G[starts[i] : starts[i] + widths[i], starts[j] : starts[j] + widths[j]]
        r = float(np.linalg.svd(block, compute_uv=False)[0]) if block.size > 1 else abs(block[0, 0])
        found[int(i), int(j)] = min(float(r), 1.0)
    return found


def _sign(one: FloatArray, other: FloatArray) -> float:
    """Sign of the correlation of two single columns; 1 of several."""
    if one.shape[1] > 1 or other.shape[1] > 1:
        return 1.0
    return -1.0 if float(one[:, 0] @ other[:, 0]) < 0 else 1.0


def _groups(effects: Sequence[Effect], pairs: dict[tuple[int, int], float]) -> list[Alias]:
    """Effects that are completely aliased, directly or by others, together."""
    group = list(range(len(effects)))
    for (i, j), r in pairs.items():
        if r >= COMPLETE and group[i] != group[j]:
            old, new = max(group[i], group[j]), min(group[i], group[j])
            group = [new if g == old else g for g in group]
    members = [[e for e, g in zip(effects, group, strict=True) if g == k] for k in sorted({*group})]
    return [_alias(each, 1.0) for each in members if len(each) > 1]


def _alias(effects: Sequence[Effect], correlation: float) -> Alias:
    return Alias(tuple(e.name for e in effects), correlation, tuple(e.kind for e in effects))


@dataclass(frozen=True, eq=False)
class AliasMatrix:
    """By how much effects that are left out bias the terms of a model.

    Attributes:
        terms: of the model, ``p`` of them.
        left_out: terms of the larger model, ``q`` of them.
        coefficients: ``[p, q]``.
    """

    terms: tuple[str, ...]
    left_out: tuple[str, ...]
    coefficients: FloatArray


def alias_matrix(model: PlanModel, larger: PlanModel) -> AliasMatrix:
    """The alias matrix of an estimable model against what a larger one has beside it."""
    known = {*model.terms.names, INTERCEPT}
    places = [k for k, name in enumerate(larger.terms.names) if name not in known]
    A = model.inverse @ model.F.T @ larger.F[:, places]
    A[np.abs(A) < 1e-9] = 0.0
    return AliasMatrix(
        model.terms.names, tuple(larger.terms.names[k] for k in places), np.asarray(A)
    )
