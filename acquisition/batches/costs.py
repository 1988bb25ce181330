"""What a plan costs: every run, and every batch it has to make.

Cost = Σ run + Σ over stages of change_cost × new batches; what is set up now is free, and so is a
batch of open runs (their own plan pays for it). A run's cost is what it adds when the runs are
made in the given order.
"""

from __future__ import annotations

from collections.abc import Sequence

from designer.acquisition.batches.tree import BatchTree


def costs_in_order(chains: Sequence[Sequence[int]], tree: BatchTree) -> list[float]:
    """Cost of every run when made in this order; their sum is the plan's cost.

    Args:
        chains: batches of the runs, one per stage, in the order they are made.
        tree: all batches.

    Returns:
        Costs in ``costs.unit``.
    """
    made: set[int] = set()
    costs = []
    for chain in chains:
        new = [b for b in chain if tree.batches[b].planned and b not in made]
        made.update(new)
        costs.append(
            tree.spec.costs.run + sum(float(tree.change[tree.batches[b].stage]) for b in new)
        )
    return costs


def labels_in_order(chains: Sequence[Sequence[int]], tree: BatchTree) -> list[dict[str, str]]:
    """Batch id per stage of every run: the existing one, or ``new-1``, ``new-2``, … by making.

    Args:
        chains: batches of the runs, in the order they are made.
        tree: all batches.
    """
    numbers: dict[int, int] = {}
    counts = [0] * len(tree.stages)
    labels = []
    for chain in chains:
        own = {}
        for stage, b in enumerate(chain):
            label = tree.batches[b].label
            if label is None and b not in numbers:
                counts[stage] += 1
                numbers[b] = counts[stage]
            own[tree.stages[stage]] = label if label is not None else f"new-{numbers[b]}"
        labels.append(own)
    return labels
