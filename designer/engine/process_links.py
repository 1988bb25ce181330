"""From a specification to what each response's model may use: the process order and knowledge."""

from __future__ import annotations

from designer.campaigns.space.factors import Factor
from designer.campaigns.space.grids import SettingScale
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.roles import ProcessRoles, missing_roles, process_roles
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.units import convert, is_share
from designer.models.encoding import Space
from designer.models.fitting.all_responses import Link
from designer.models.gp.process_features import Compaction, Feature, Loading

_POROSITY_RANGE = 30.0  # %-points between uncalendered and fully compacted (see Compaction)


def response_links(spec: Specification, space: Space) -> dict[str, Link]:
    """Links of every response."""
    roles, stages = process_roles(spec), [stage.name for stage in spec.stages]
    return {r.name: _link(r, spec, space, roles, stages) for r in spec.responses}


def unused_knowledge(spec: Specification) -> tuple[str, ...]:
    """Sentences about process knowledge that cannot be used."""
    if not any(response.knowledge for response in spec.responses):
        return ()
    roles = process_roles(spec)
    return tuple(note for r in spec.responses for note in missing_roles(r, roles))


def _link(
    response: Response, spec: Specification, space: Space, roles: ProcessRoles, stages: list[str]
) -> Link:
    feature, only_without = _feature(response, space, roles)
    upstream = _upstream(response, spec, stages)
    if isinstance(feature, Compaction) and roles.loading not in (None, response):
        upstream = roles.loading
    if upstream is None:
        return Link(feature=feature, only_without_history=only_without)
    columns = tuple(
        _column(space, factor.name)
        for factor in spec.factors
        if factor.stage is not None and factor.stage == upstream.stage and not factor.categories
    )
    downstream = deciding_stage(upstream, stages) < deciding_stage(response, stages)
    return Link(upstream.name, columns if downstream else (), feature, only_without)


def _upstream(response: Response, spec: Specification, stages: list[str]) -> Response | None:
    """The first response whose stage is told and earlier than this one's."""
    for other in spec.responses:
        told = other.stage in stages
        if told and deciding_stage(other, stages) < deciding_stage(response, stages):
            return other
    return None


def deciding_stage(response: Response, stages: list[str]) -> int:
    """Index of the stage that decides a response; the last one unless told."""
    return stages.index(response.stage) if response.stage in stages else len(stages) - 1


def _feature(response: Response, space: Space, roles: ProcessRoles) -> tuple[Feature | None, bool]:
    """Process knowledge of a response, and whether it helps only without history."""
    if "compaction" in response.knowledge and roles.load is not None:
        load = roles.load
        low, high = (float(end) for end in load.bounds)
        loads = SettingScale(low / high, 1.0, load.log_scale)
        return Compaction(_column(space, load.name), loads, _amplitude(response)), False
    if "loading" in response.knowledge and roles.gap is not None:
        return _loading(space, roles.gap, roles.solids), True
    return None, False


def _amplitude(response: Response) -> float | None:
    """Range of a porosity in its unit; None for anything else."""
    if is_share(response.unit):
        return _POROSITY_RANGE
    return _POROSITY_RANGE / 100.0 if response.unit in (None, "1") else None


def _loading(space: Space, gap: Factor, solids: Factor | None) -> Loading:
    shares = SettingScale(0.5, 0.5)
    if solids is not None:
        low, high = (convert(float(end), solids.unit or "1", "1") for end in solids.bounds)
        shares = SettingScale(low, high, solids.log_scale)
    column = None if solids is None else _column(space, solids.name)
    return Loading(_column(space, gap.name), gap.scale, column, shares)


def _column(space: Space, name: str) -> int:
    """Encoded column of a numeric input."""
    return int(sum(space.widths[: space.names.index(name)]))
