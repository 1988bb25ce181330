"""Results campaign by campaign: kept as JSON lines, so that two programs can be compared.

A script that is started again with the same ``--rows`` computes only what is not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

LEFT_OUT = "no history"  # the reference most tables are paired with

Key = tuple[str, str, int, int, str]


@dataclass(frozen=True)
class Record:
    """One model's figures in one campaign at one number of own runs.

    Attributes:
        case: what is wrong with the earlier lines, or which response is meant.
        family: of the target.
        seed: of the campaign.
        runs: own runs.
        model: whose figures these are.
        error: RMSE against the noise-free truth / the truth's standard deviation.
        coverage: share of the truths inside mean ± 1.96 sd.
        aside: own results that hardly count.
        cpu: seconds of process time for fit and prediction.
    """

    case: str
    family: str
    seed: int
    runs: int
    model: str
    error: float
    coverage: float
    aside: int = 0
    cpu: float = 0.0

    @property
    def key(self) -> Key:
        """What names the record; the rest is measured."""
        return self.case, self.family, self.seed, self.runs, self.model


class Records:
    """Results by key, in a file of JSON lines if there is one.

    Args:
        path: of the file; read when it exists, appended to by ``add``.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.found: dict[Key, Record] = {}
        if path is not None and path.exists():
            for line in path.read_text().splitlines():
                record = Record(**json.loads(line))
                self.found[record.key] = record

    def __iter__(self) -> Iterator[Record]:
        return iter(self.found.values())

    def __contains__(self, key: Key) -> bool:
        return key in self.found

    def add(self, records: Iterable[Record]) -> None:
        """Keep some more."""
        for record in records:
            self.found[record.key] = record
            if self.path is not None:
                with self.path.open("a") as file:
                    file.write(json.dumps(asdict(record)) + "\n")

    def of(
        self,
        *,
        case: str | None = None,
        family: str | None = None,
        runs: int | None = None,
        model: str | None = None,
    ) -> list[Record]:
        """Those with these values; None: any."""
        wanted = (case, family, runs, model)
        return [
            r
            for r in self
            if all(
                want in (None, has)
                for want, has in zip(wanted, (r.case, r.family, r.runs, r.model), strict=True)
            )
        ]


def ratios(records: Iterable[Record], model: str, other: str = LEFT_OUT) -> np.ndarray:
    """Errors of ``model`` over those of ``other`` in the same campaigns, ``[n]``."""
    errors = {(r.case, r.family, r.seed, r.runs, r.model): r.error for r in records}
    pairs = [
        (error, errors.get((*key[:4], other), np.nan))
        for key, error in errors.items()
        if key[4] == model
    ]
    found = np.array([one / two for one, two in pairs])
    return np.asarray(found[np.isfinite(found)])


def geometric(values: np.ndarray) -> str:
    """Geometric mean ± standard error of the logarithm."""
    logs = np.log(values)
    if len(logs) < 2:
        return "–"
    return f"{np.exp(logs.mean()):.3f} ± {logs.std(ddof=1) / np.sqrt(len(logs)):.3f}"
