"""Classical designs beside their published entries: runs, and what the publication says of them.

    .venv/bin/python -m tests.benchmarks.published_designs

Every figure is computed from the points the program makes for factors from -1 to 1 (amounts from 0
to 1), by plain numpy. The same is asserted, point by point where a table could be had, in
tests/acquisition/designs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from designer.models.arrays import FloatArray
from tests.acquisition.designs.rooms import letters, made, mixture, points


@dataclass(frozen=True)
class Entry:
    """A published design, and ours beside it.

    Attributes:
        name: of the design, with its source.
        published: what is published.
        ours: the same of our points.
    """

    name: str
    published: str
    ours: str


def quadratic(D: FloatArray) -> FloatArray:
    """Model matrix of the second order."""
    pairs = [D[:, i] * D[:, j] for i, j in combinations(range(D.shape[1]), 2)]
    return np.column_stack([np.ones(len(D)), D, *pairs, D * D])


def resolution(D: FloatArray) -> int:
    """Number of columns of the shortest product that is constant; of none one more than columns."""
    factors: int = D.shape[1]
    for size in range(1, factors + 1):
        sums = [float(D[:, own].prod(axis=1).sum()) for own in combinations(range(factors), size)]
        if any(abs(total) == len(D) for total in sums):
            return size
    return factors + 1


def largest(D: FloatArray, others: FloatArray) -> float:
    """Largest correlation of a main effect with other columns."""
    A, B = (X - X.mean(axis=0) for X in (D, others))
    sizes = np.outer(np.linalg.norm(A, axis=0), np.linalg.norm(B, axis=0))
    return float(np.max(np.abs(A.T @ B) / np.where(sizes > 0, sizes, np.inf)))


def among(D: FloatArray) -> float:
    """Largest correlation of two main effects."""
    return max(largest(D[:, [k]], np.delete(D, k, axis=1)) for k in range(D.shape[1]))


def pairs(D: FloatArray) -> FloatArray:
    """Products of two columns."""
    return np.column_stack([D[:, i] * D[:, j] for i, j in combinations(range(D.shape[1]), 2)])


def prediction_range(D: FloatArray) -> float:
    """Largest over smallest variance of predictions at unit distance from the centre."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, D.shape[1]))
    F = quadratic(X / np.linalg.norm(X, axis=1)[:, None])
    M = np.linalg.inv(quadratic(D).T @ quadratic(D))
    variances = np.einsum("ij,jk,ik->i", F, M, F)
    return float(variances.max() / variances.min())


def two_levels() -> Iterator[Entry]:
    for k, runs, roman, number in (
        (4, 8, "IV", 4), (5, 16, "V", 5), (6, 16, "IV", 4), (7, 16, "IV", 4), (8, 16, "IV", 4),
        (9, 32, "IV", 4), (11, 128, "V", 5),
    ):  # fmt: skip
        D = points(made(letters(k), "fractional-factorial", runs))
        ours = f"{len(D)}, {roman if resolution(D) == number else resolution(D)}"
        name = f"fraction of {k} factors (Montgomery, table 8.14)"
        yield Entry(name, f"{runs} runs, resolution {roman}", ours)
    for runs, share in ((12, ".33"), (20, ".60"), (24, ".33")):
        D = points(made(letters(runs - 1), "plackett-burman"))
        told = f"{runs} runs; correlation of main effects 0, with products at most {share}"
        ours = f"{len(D)}, {among(D):.2f}, {largest(D, pairs(D)):.2f}"
        yield Entry("Plackett & Burman (1946)", told, ours)


def surfaces() -> Iterator[Entry]:
    for k, runs in ((3, 15), (4, 27), (5, 46), (6, 54), (7, 62)):
        D = points(made(letters(k), "box-behnken"))
        X = quadratic(D)
        ours = f"{len(D)}, {np.linalg.matrix_rank(X)} of {X.shape[1]} terms"
        name = f"Box & Behnken (1960), {k} factors"
        yield Entry(name, f"{runs} runs, all {X.shape[1]} terms of a quadratic", ours)
    for k, runs, alpha in (
        (2, 13, 1.414), (3, 20, 1.682), (4, 31, 2.0), (5, 32, 2.0), (6, 53, 2.378),
    ):  # fmt: skip
        D = points(made(letters(k), "central-composite", type="inscribed"))
        corner = np.min(np.abs(D[np.all(D != 0, axis=1)]))
        ours = f"{len(D)}, {1 / corner:.3f}, ×{prediction_range(D):.3f}"
        told = f"{runs} runs, alpha {alpha}, one variance at one distance (×1)"
        yield Entry(f"central composite, {k} factors (Minitab's catalogue)", told, ours)
    for k, runs in ((4, 9), (5, 13), (6, 13), (7, 17), (8, 17), (10, 21), (12, 25)):
        D = points(made(letters(k), "definitive-screening"))
        others = np.column_stack([D * D, pairs(D)])
        ours = f"{len(D)}, {among(D):.2f}, {largest(D, others):.2f}"
        told = f"{runs} runs; correlation of main effects 0, with the second order 0"
        yield Entry(f"Jones & Nachtsheim (2011), {k} factors", told, ours)


def mixtures() -> Iterator[Entry]:
    for q, m, count in ((3, 2, 6), (3, 3, 10), (4, 2, 10), (4, 3, 20)):
        D = points(made(mixture(*[(0.0, 1.0)] * q), "simplex-lattice", degree=m))
        yield Entry(f"Scheffé (1958), lattice {{{q}, {m}}}", f"{count} blends", str(len(D)))
    D = points(made(mixture(*[(0.0, 1.0)] * 4), "simplex-centroid"))
    yield Entry("Scheffé (1963), centroids of 4", "15 blends", str(len(D)))
    flares = ((0.40, 0.60), (0.10, 0.50), (0.10, 0.50), (0.03, 0.08))
    D = points(made(mixture(*flares), "extreme-vertices"))
    ours = f"{len(D) - 1} and {', '.join(f'{x:.4g}' for x in D[-1])}"
    yield Entry(
        "McLean & Anderson (1966), flares", "8 corners, centroid 0.5, 0.2225, 0.2225, 0.055", ours
    )


GROUPS: tuple[Callable[[], Iterator[Entry]], ...] = (two_levels, surfaces, mixtures)


def main() -> None:
    print("| design | published | ours |\n|---|---|---|")
    for group in GROUPS:
        for entry in group():
            print(f"| {entry.name} | {entry.published} | {entry.ours} |")


if __name__ == "__main__":
    main()
