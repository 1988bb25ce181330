"""All responses of a campaign, in process order: later ones build on earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from designer.models.arrays import IntArray
from designer.models.compression.fit_cache import Memory
from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.history_evidence import POSITIVE_ODDS, history_evidence
from designer.models.encoding import cube_points
from designer.models.fitting.fit import fit
from designer.models.gp.process_features import Feature
from designer.models.gp.upstream import Upstream
from designer.models.posterior.posterior import ResponsePosterior

_POINTS = 128  # where a column's effect is looked at
_STEP = 0.1  # … between neighbours this far apart
_ONE_WAY = 0.95  # share of the points where the effect has one sign: else the map loses something

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


def fit_responses(
    responses: Mapping[str, ResponseData],
    groups: IntArray,
    lines: int,
    links: Mapping[str, Link] | None = None,
    *,
    watch: Watch = lambda _name, _share: None,
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
        upstream = None
        if link.upstream in upstreams:
            column = upstream_column(fitted[link.upstream], link.columns)
            if link.feature is not None or column is not None:
                upstream = replace(upstreams[link.upstream], column=column)
        found = fit(data, groups, lines, upstream=upstream, feature=feature, memory=memory)
        alone = None
        if spare is not None:
            alone = _target_only_if_better(found, data, groups, spare, upstream)
        fitted[name] = alone or found
        upstreams[name] = Upstream(found, target_only=alone)
    return {name: fitted[name] for name in responses}


def _target_only_if_better(
    history: ResponsePosterior,
    data: ResponseData,
    groups: IntArray,
    feature: Feature,
    upstream: Upstream | None,
) -> ResponsePosterior | None:
    """The fit to the target's results alone, with the feature; None where history is no worse.

    Some knowledge (a mass balance) says so much that a few runs with it predict better than wrong
    earlier lines ever let a model do; with right ones it says nothing new. The target's results
    decide, by `history_evidence`: on the twin (12 seeds, 4 to 16 runs) they never spoke 3 : 1
    against related lines or one bad line of three, and with three bad lines the switch leaves
    .49 / .78 / .81 of the loading's error at 4 / 8 / 16 runs. For other responses the same switch
    costs more with good lines than it saves with bad ones (plain Gaussian processes judge
    themselves too well on few runs).

    Args:
        history: the fit to all lines, without the feature.
        data: measurements of all lines.
        groups: input index of every encoded column, ``[D]``.
        feature: process knowledge that is of use without history.
        upstream: predictions the feature needs, if any.
    """
    if not data.target.any() or not history.fitted.layout.transfer:
        return None
    alone = fit(data.of_target, groups, 0, upstream=upstream, feature=feature)
    odds = history_evidence(history, alone)
    against = odds is not None and odds.log_odds <= -np.log(POSITIVE_ODDS)
    if odds is None or not against or alone.scaling.log != history.scaling.log:
        return None
    message = (
        f"{data.name}: the results of {odds.runs} runs contradict the earlier lines; it is learned"
        " from these runs and the process knowledge alone"
    )
    return ResponsePosterior(replace(alone.fitted.with_message(message), odds=odds))


def fit_without_history(
    responses: Mapping[str, ResponseData], groups: IntArray, links: Mapping[str, Link]
) -> dict[str, ResponsePosterior]:
    """Fits to the target's results alone, of every response that has some.

    Args:
        responses: data of all lines, by name.
        groups: input index of every encoded column, ``[D]``.
        links: what each model may use besides its data; as if there had never been earlier lines.
    """
    own = {name: data.of_target for name, data in responses.items()}
    return fit_responses({n: data for n, data in own.items() if len(data.y)}, groups, 0, links)


def upstream_column(posterior: ResponsePosterior, candidates: Sequence[int]) -> int | None:
    """The coordinate that the upstream response can stand for.

    It has the largest effect on the target's prediction among the candidates, and that effect has
    one sign (nearly) everywhere, so that nothing is lost by looking at the response instead.

    Args:
        posterior: belief about the upstream response.
        candidates: numeric columns of its stage's factors.

    Returns:
        The column, or None when there is none.
    """
    fitted = posterior.fitted
    if not candidates or len(fitted.rows) == 0:
        return None
    points = cube_points(fitted.input_transform.groups, _POINTS, seed=3)
    sizes: dict[int, float] = {}
    for column in candidates:
        low = points.copy()
        low[:, column] *= 1.0 - _STEP
        high = low.copy()
        high[:, column] += _STEP
        effect = posterior.line_mean(high, 0) - posterior.line_mean(low, 0)
        if max(np.mean(effect > 0), np.mean(effect < 0)) >= _ONE_WAY:
            sizes[column] = float(np.abs(effect).mean())
    return max(sizes, key=sizes.__getitem__, default=None)


def _in_order(responses: Mapping[str, ResponseData], links: Mapping[str, Link]) -> list[str]:
    """Names such that each comes after its upstream response."""

    def depth(name: str) -> int:
        upstream = links[name].upstream if name in links else None
        return 0 if upstream is None or upstream not in responses else 1 + depth(upstream)

    return sorted(responses, key=depth)
