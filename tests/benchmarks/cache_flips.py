"""Flip, cut and exchange bytes of the caches beside a store: no figure may change in silence.

    .venv/bin/python -m tests.benchmarks.cache_flips                  # 2,000 flips, 200 cuts
    .venv/bin/python -m tests.benchmarks.cache_flips --flips 100      # quick

A campaign with a line and ten results is evaluated; then every flip is made in a fresh copy of one
cache file, and `status` is asked by a process that knows nothing. Three things may be seen: the
figures as they were (the byte meant nothing), no figures (stale), or a change (silent). An error of
any kind is a crash. Besides every file is removed, emptied, and replaced by those of another
campaign and of another version, and made anew from scratch: what is computed then is the same.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from designer.service import Service
from tests.campaigns_for_tests import SMALL, line_rows, loading, porosity


def evaluated_store(folder: Path) -> Path:
    """A store whose campaign `small` has every figure, and another one beside it."""
    path = folder / "pilot.db"
    service = Service(str(path), actor="anna")
    for name in ("small", "other"):
        (folder / "spec.toml").write_text(SMALL.replace('"small"', f'"{name}"'))
        service.campaigns.create(folder / "spec.toml")
        service.lines.add(name, line_rows(), name="line2")
        for k in range(10 if name == "small" else 6):
            recipe = {"solid_content": 50 + k, "coating_gap": (80, 100, 150)[k % 3],
                      "binder": ("PVDF-A", "PVDF-B")[k % 2]}  # fmt: skip
            told = {"mass_loading": f"{loading(recipe):.3f}", "porosity": f"{porosity(recipe):.3f}"}
            service.runs.attach(name, {**{n: str(v) for n, v in recipe.items()}, **told})
        service.models.status(name, refresh=True)
    return path


def caches(path: Path) -> list[Path]:
    """The cache files of a store."""
    return sorted(path.with_name(path.name + ".cache").iterdir())


def shown(path: Path) -> str:
    """All that `status` and `lines show` tell, by a process that knows nothing of the store."""
    service = Service(str(path))
    told = (
        service.models.status("small"),
        service.lines.list("small"),
        service.campaigns.show("small"),
    )
    return json.dumps(told, sort_keys=True)


def changed(
    content: bytes, others: list[bytes], flips: int, chance: random.Random
) -> Iterator[bytes]:
    """The content with one bit flipped, cut off, doubled, or of another file."""
    for _ in range(flips):
        place = chance.randrange(8 * len(content))
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        yield bytes(flipped)
    for _ in range(flips // 10):
        yield content[: chance.randrange(len(content))]
    for place in chance.sample(range(len(content)), min(20, flips)):
        yield content[:place] + content[place + 1 :]
    yield from (b"", b"{}", b"null", content * 2, *others)


def run(folder: Path, flips: int, seed: int = 1) -> Counter[str]:
    """Count what every damage led to: ``same``, ``stale``, ``silent``, ``crash``."""
    path = evaluated_store(folder)
    whole = {file: file.read_bytes() for file in caches(path)}
    shutil.rmtree(caches(path)[0].parent)
    none = shown(path)
    next(iter(whole)).parent.mkdir()
    for file, content in whole.items():
        file.write_bytes(content)
    full = shown(path)
    assert full != none, "nothing was kept: the test would be blind"
    own = Service(str(path)).session.state("small").campaign_id
    targets = [file for file in whole if file.name.startswith(own)]
    counts: Counter[str] = Counter()
    chance = random.Random(seed)
    for file in targets:
        others = [content for each, content in whole.items() if each != file]
        for content in changed(whole[file], others, flips // len(targets), chance):
            file.write_bytes(content)
            try:
                told = shown(path)
            except Exception as error:
                counts[f"crash: {type(error).__name__}"] += 1
                continue
            counts["same" if told == full else "stale" if told == none else "silent"] += 1
        file.write_bytes(whole[file])
    return counts


def recomputed(folder: Path) -> bool:
    """Whether figures made without any cache, and with damaged ones, are those made with it."""
    path = evaluated_store(folder)
    before = shown(path)
    for file in caches(path):
        file.write_bytes(file.read_bytes()[:-9] + b"         ")
    Service(str(path)).models.status("small", refresh=True)
    damaged = shown(path)
    shutil.rmtree(caches(path)[0].parent)
    Service(str(path)).models.status("small", refresh=True)
    return before == damaged == shown(path)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=2000)
    flips = parser.parse_args().flips
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a", "b"):
            (Path(folder) / name).mkdir()
        counts = run(Path(folder) / "a", flips)
        same = recomputed(Path(folder) / "b")
    print(f"{sum(counts.values())} damaged caches: {dict(counts)}")
    print(f"computed again without caches, and beside damaged ones: {'same' if same else 'OTHER'}")


if __name__ == "__main__":
    main()
