"""Reads stages with their reference recipes, and responses with windows, goals, knowledge."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args

from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.specification.draft import SpecificationDraft
from designer.campaigns.specification.fields import Fields, found_text
from designer.campaigns.specification.parts import Response, ResponseGoal, Stage, range_text
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.units import is_share


def read_stage(draft: SpecificationDraft, fields: Fields) -> Stage:
    """One stage without its reference recipe; broken keys are left at their defaults."""
    fields.only(("name", "change_cost", "usable_for", "most_runs", "reference"))
    name = draft.declare("stage", fields)
    cost = fields.number("change_cost", required=True, least=0) or 0.0
    usable_for = fields.number("usable_for", above=0)
    most_runs = fields.number("most_runs", least=1)
    if most_runs is not None and not most_runs.is_integer():
        fields.wrong("most_runs", "not a whole number", fields.shown(most_runs), "1, 2, 3, …")
        most_runs = None
    return Stage(name, cost, usable_for, None if most_runs is None else int(most_runs))


def read_references(draft: SpecificationDraft) -> None:
    """The reference recipes of all stages, after stages and factors were read."""
    for path, stage in draft.stages.items():
        fields = draft.fields[path]
        if fields.has("reference"):
            draft.stages[path] = replace(stage, reference=_reference(draft, fields, stage.name))


def _reference(draft: SpecificationDraft, fields: Fields, stage: str) -> dict[str, Setting]:
    """Settings of every factor that can differ within one batch of a stage."""
    inner = fields.table("reference", allowed="{ factor = value, … }")
    if inner is None:
        return {}
    names = draft.names["stage"]
    made = set(names[: names.index(stage) + 1]) if stage in names else set()
    free = {f.name: f for f in draft.factors.values() if f.stage not in made}
    known = draft.names["factor"]
    settings: dict[str, Setting] = {}
    for name in inner.raw:
        if name in free:
            value = _setting(inner, free[name])
            if value is not None:
                settings[name] = value
        elif name not in known:
            inner.unknown(str(name), "no factor of this name", str(name), free)
        elif draft.factor(name) is not None:  # else it is broken, which was noted already
            what = f"is set once for a whole batch of {stage}: its runs cannot differ in it"
            inner.wrong(name, what, allowed=", ".join(free) or "nothing")
    missing = [name for name in free if name not in inner.raw]
    if missing:
        what = f"leaves out {', '.join(missing)}"
        hint = f"A reference recipe sets every factor that can differ within a batch of {stage}"
        fields.wrong("reference", what, hint=hint)
    if not inner.raw and not free:
        what = f"no factor can differ within a batch of {stage}"
        fields.wrong("reference", what, hint="Leave reference out")
    return settings


def _setting(inner: Fields, factor: Factor) -> Setting | None:
    raw = inner.raw[factor.name]
    value: object = raw if factor.is_categorical else inner.finite(factor.name, raw)
    if value is None:
        return None
    problems = factor.problems_with(value, inner.where(factor.name), on_grid=True)
    inner.problems.extend(problems)
    return value if isinstance(value, (str, float)) and not problems else None


_RESPONSE_KEYS: Final = (
    "name", "unit", "noise_sd", "possible", "window", "goal", "weight", "stage", "scale",
    "knowledge", "history",
)  # fmt: skip
_GOALS: Final[tuple[ResponseGoal, ...]] = get_args(ResponseGoal)
_SCALES: Final = ("log", "linear")
KNOWLEDGE: Final = ("loading", "compaction")
"""Process knowledge a response may use."""


def read_response(draft: SpecificationDraft, fields: Fields) -> Response:
    """One response; broken keys are left at their defaults."""
    fields.only(_RESPONSE_KEYS)
    name = draft.declare("response", fields)
    unit = draft.unit_of(fields)
    noise_sd = fields.number("noise_sd", above=0)
    possible = fields.ends("possible")
    window = fields.ends("window")
    if possible is not None and window is not None:
        window = _inside(fields, window, possible)
    weight = fields.number("weight", least=0)
    goal = _goal(fields, possible)
    log_scale = _log_scale(fields, unit, possible)
    if log_scale:
        _positive(fields, window, goal)
    return Response(
        name,
        unit,
        noise_sd=noise_sd,
        possible=possible,
        window=window,
        goal=goal,
        weight=1.0 if weight is None else weight,
        stage=draft.stage_of(fields),
        log_scale=log_scale,
        knowledge=_knowledge(fields),
        history=fields.switch("history", default=True),
    )


def default_log_scale(unit: str | None, possible: tuple[float, float] | None) -> bool:
    """The scale of a response that does not say.

    Logarithmic for a response that is known to be positive and is no share: its possible range
    starts at 0 or above. A share (``%``, ``wt%``, ``vol%``, ``mol%``) has an upper end that matters
    as much as the lower one, so it stays linear. A pure number (unit ``1`` or none) is taken for a
    share when its possible range ends at 1 or below, or at 100 (assumption: a fraction, or a
    percentage whose unit was not written down).
    """
    if possible is None or possible[0] < 0 or is_share(unit):
        return False
    return not (unit in (None, "1") and (possible[1] <= 1 or possible[1] == 100))


def scale_text(response: Response) -> str:
    """Say on which scale a response is modelled, and why."""
    scale = "a logarithmic" if response.log_scale else "a linear"
    told = f"{response.name} is modelled on {scale} scale"
    if response.log_scale != default_log_scale(response.unit, response.possible):
        return f"{told}, as its specification says"
    other = "linear" if response.log_scale else "log"
    return f'{told}: {_why_scale(response)}; scale = "{other}" changes it'


def _why_scale(response: Response) -> str:
    """Why this is the scale of a response that does not say."""
    unit, possible = response.unit, response.possible
    if is_share(unit):
        return f"{unit} is a share, whose upper end matters as much as the lower one"
    if possible is None:
        return "no possible range is told"
    low, high = (number_text(end) for end in possible)
    if response.log_scale:
        of = "" if unit in (None, "1") else f" and {unit} is no share"
        return f"its possible range starts at {low}{of}"
    if possible[0] < 0:
        return f"its possible range starts at {low}, below 0"
    return f"a pure number up to {high} is taken for a share"


def _inside(
    fields: Fields, window: tuple[float, float], possible: tuple[float, float]
) -> tuple[float, float]:
    """Finite ends of the window lie within what is possible, and some of it is possible."""
    low, high = possible
    outside = [end for end in window if not low <= end <= high and abs(end) != float("inf")]
    if outside or not (window[0] < high and window[1] > low):
        found = range_text(window, fields.unit)
        allowed = f"within possible, {range_text(possible, fields.unit)}"
        fields.wrong("window", "reaches into the impossible", found, allowed)
    return window


def _goal(fields: Fields, possible: tuple[float, float] | None) -> ResponseGoal | float:
    value = fields.raw.get("goal")
    if isinstance(value, str):
        for goal in _GOALS:
            if goal == value.replace("mise", "mize"):  # British spelling
                return goal
        allowed = ", ".join(_GOALS) + ", or a number to hit (without quotes)"
        hint = suggestion(value, _GOALS)
        fields.wrong("goal", "unknown goal", found_text(value), allowed, hint)
        return "none"
    number = None if value is None else fields.finite("goal", value)
    if number is None:
        return "none"
    if possible is not None and not possible[0] <= number <= possible[1]:
        allowed = range_text(possible, fields.unit)
        fields.wrong("goal", "an impossible value", fields.shown(number), allowed)
    return number


def _log_scale(fields: Fields, unit: str | None, possible: tuple[float, float] | None) -> bool:
    default = "log" if default_log_scale(unit, possible) else "linear"
    scale = fields.choice("scale", _SCALES, default)
    if scale == "log" and possible is not None and possible[0] < 0:
        what = "a logarithmic scale needs positive values, but negative ones are possible"
        allowed = 'scale = "linear", or possible from 0 up'
        fields.wrong("scale", what, range_text(possible, unit), allowed)
    return scale == "log"


def _positive(
    fields: Fields, window: tuple[float, float] | None, goal: ResponseGoal | float
) -> None:
    """On a logarithmic scale nothing at or below 0 can be reached."""
    if window is not None and window[1] <= 0:
        found = range_text(window, fields.unit)
        fields.wrong("window", "has nothing above 0, but the scale is log", found)
    if not isinstance(goal, str) and goal <= 0:
        fields.wrong("goal", "cannot be reached on a log scale", fields.shown(goal), "above 0")


def _knowledge(fields: Fields) -> tuple[str, ...]:
    words = fields.texts("knowledge") or []
    for index, word in enumerate(words):
        if word not in KNOWLEDGE:
            what = "unknown process knowledge"
            fields.unknown(f"knowledge[{index}]", what, word, KNOWLEDGE, word)
    return tuple(words)
