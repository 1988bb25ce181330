"""All responses of a campaign, in process order: later ones build on earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from designer.models.arrays import IntArray
from designer.models.compression.fit_cache import Memory
from designer.models.data.dataset import ResponseData
from designer.models.fitting.fit import fit
from designer.models.fitting.target_only import better_alone
from designer.models.gp.process_features import Feature
from designer.models.gp.upstream import Upstream, upstream_column
from designer.models.posterior.posterior import ResponsePosterior

Watch = Callable[[str, float], None]


@dataclass(frozen=True)
class Link:
    """What a response's model may use besides its own data.

    Attributes:
        upstream: name of a response decided earlier in the process.
        columns: numeric columns that the upstream response may stand for, the factors of its stage.
        feature: process knowledge.
        only_without_history: the feature helps only where no earlier line has this response, or
            where the target's results contradict those that have (measured: good history knows
            what the mass balance says).
    """

    upstream: str | None = None
    columns: tuple[int, ...] = ()
    feature: Feature | None = None
    only_without_history: bool = False


def _ignore(_name: str, _share: float) -> None:
    pass


def fit_responses(
    responses: Mapping[str, ResponseData],
    groups: IntArray,
    lines: int,
    links: Mapping[str, Link] | None = None,
    *,
    watch: Watch = _ignore,
    memory: Memory | None = None,
) -> dict[str, ResponsePosterior]:
    """Fit every response, upstream ones first.

    Args:
        responses: data by name.
        groups: input index of every encoded column, ``[D]``.
        lines: number of earlier lines.
        links: by name of the response; none for those left out.
        watch: told the response that comes next and the share of the work done.
        memory: of what long histories said before.

    Returns:
        Posteriors by name, in the order of ``responses``.
    """
    links = links or {}
    fitted: dict[str, ResponsePosterior] = {}
    upstreams: dict[str, Upstream] = {}
    for done, name in enumerate(_in_order(responses, links)):
        watch(name, done / len(responses))
        data, link = responses[name], links.get(name, Link())
        spare = link.feature if link.only_without_history and np.any(data.line > 0) else None
        feature = None if spare is not None else link.feature
        upstream = _upstream(upstreams, link, needed=link.feature is not None)
        found = fit(data, groups, lines, upstream=upstream, feature=feature, memory=memory)
        alone = None
        if spare is not None:
            alone = better_alone(found, data, groups, spare, upstream)
        fitted[name] = alone or found
        upstreams[name] = Upstream(found, alone=alone)
    return {name: fitted[name] for name in responses}


def fit_without_history(
    responses: Mapping[str, ResponseData], groups: IntArray, links: Mapping[str, Link]
) -> dict[str, ResponsePosterior]:
    """Fits to the target's results alone, of every response that has some.

    Args:
        responses: data of all lines, by name.
        groups: input index of every encoded column, ``[D]``.
        links: what each model may use besides its data; as if there had never been earlier lines.
    """
    own = {name: data.take(np.flatnonzero(data.target)) for name, data in responses.items()}
    return fit_responses({n: data for n, data in own.items() if len(data.y)}, groups, 0, links)


def _upstream(upstreams: Mapping[str, Upstream], link: Link, *, needed: bool) -> Upstream | None:
    """The upstream response's predictions, where they say something."""
    found = upstreams.get(link.upstream or "")
    if found is None:
        return None
    column = upstream_column(found.target, list(link.columns))
    return replace(found, column=column) if needed or column is not None else None


def _in_order(responses: Mapping[str, ResponseData], links: Mapping[str, Link]) -> list[str]:
    """Names such that each comes after its upstream response."""
    order: list[str] = []

    def add(name: str) -> None:
        if name in order or name not in responses:
            return
        upstream = links[name].upstream if name in links else None
        if upstream is not None:
            add(upstream)
        order.append(name)

    for name in responses:
        add(name)
    return order
