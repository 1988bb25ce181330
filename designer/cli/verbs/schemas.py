"""JSON Schemas of the specification, of a refusal, of a run, and of the answer of every verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, TypedDict, get_args, get_type_hints

from designer.campaigns.errors import Problem
from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.grids import MOST_PER_DECADE
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.specification.load import TABLES
from designer.campaigns.specification.parts import CampaignGoal, Costs, Response, Stage
from designer.campaigns.specification.text import FORMAT_VERSION
from designer.cli.json_schema import DIALECT, Definitions, Schema
from designer.cli.verbs.verb import Verb
from designer.service import Service, answers, demo, figures
from designer.service.verbs import judging

SPECIFICATION = "specification"
_PARTS: Mapping[str, type] = {
    "stage": Stage,
    "factor": Factor,
    "given": Given,
    "mixture": Mixture,
    "response": Response,
    "constraint": Constraint,
}
_BRITISH = ("maximise", "minimise")
_NO_JSON = ("tui", "serve")


class ErrorFacts(TypedDict):
    """What went wrong; with the key ``report`` where the fault is ours."""

    kind: str
    exit_code: int
    message: str
    problems: list[Problem]


class ErrorAnswer(TypedDict):
    """A refusal."""

    error: ErrorFacts


def all_schemas(verbs: Iterable[Verb]) -> dict[str, object]:
    """Name of a schema → the type it is made from; None for the specification."""
    told: dict[str, object] = {SPECIFICATION: None, "error": ErrorAnswer, "run": RunObject}
    told |= {verb.name: _answer(verb) for verb in verbs if verb.name not in _NO_JSON}
    # one verb, two questions: with --judge it answers the other one, or a list of that
    return told | {"propose": answers.PlanAnswer, "judge": judging.JudgeAnswer}


def schema_of(types: Mapping[str, object]) -> Schema:
    """One JSON Schema document of one or several of `all_schemas`; several are properties."""
    from designer.models.diagnostics import report  # numpy: what evaluations hold

    found = Definitions(vars(report))
    schemas = {
        name: _specification(found) if kind is None else found.of(kind)
        for name, kind in types.items()
    }
    head: Schema = {"$schema": DIALECT, "title": "designer"}
    if len(schemas) == 1:
        ((name, schema),) = schemas.items()
        return {**head, "title": name, **schema, "$defs": found.found}
    return {**head, "type": "object", "properties": schemas, "$defs": found.found}


def _answer(verb: Verb) -> object:
    """The type of a verb's answer, from the annotation of what gives it."""
    ask: Callable[..., Any] | str = verb.ask
    function = attrgetter(ask)(Service(None)) if isinstance(ask, str) else ask
    told = getattr(function, "__func__", function)

    def probe() -> None:
        """Stands for the function, of which only what it returns is looked at."""

    probe.__annotations__ = {"return": told.__annotations__["return"]}
    rooms = (answers, demo, figures, judging)
    known = {key: value for room in rooms for key, value in vars(room).items()} | told.__globals__
    return get_type_hints(probe, known)["return"]


def _specification(found: Definitions) -> Schema:
    """The tables with their keys, which are called as the attributes of what is read from them."""
    for kind in (*_PARTS.values(), Costs):
        found.of(kind)
        part = found.found[kind.__name__]
        part["additionalProperties"] = False
        keys = part["properties"]
        # what may be null in the program is left out of the file, or null in JSON
        part["required"] = [k for k in part["required"] if "null" not in keys[k].get("type", ())]
    response, factor = (found.found[kind.__name__]["properties"] for kind in (Response, Factor))
    for keys in (response, factor):
        del keys["log_scale"]
        keys["scale"] = {"enum": ["log", "linear"]}
    factor["per_decade"] |= {"minimum": 1, "maximum": MOST_PER_DECADE}
    response["goal"]["anyOf"][0]["enum"] += _BRITISH
    for ends in ("possible", "window"):
        end = {"type": ["number", "null"]}  # null: open
        response[ends] = {"type": ["array", "null"], "items": end, "minItems": 2, "maxItems": 2}
    campaign = {
        "type": "object",
        "properties": {
            "version": {"const": FORMAT_VERSION},
            "name": {"type": "string", "minLength": 1, "maxLength": 64},
            "line": {"type": "string", "minLength": 1, "maxLength": 64},
            "goal": {"enum": [*get_args(CampaignGoal)]},
            "history": {"type": "boolean"},
        },
        "required": ["version", "name", "line"],
        "additionalProperties": False,
    }
    parts = {name: {"type": "array", "items": found.of(kind)} for name, kind in _PARTS.items()}
    tables = {"campaign": campaign, **parts, "costs": found.of(Costs)}
    return {
        "description": "A campaign's specification: the TOML file, or the same as JSON.",
        "type": "object",
        "properties": {name: tables[name] for name in TABLES},
        "required": ["campaign", "factor", "response"],
        "additionalProperties": False,
    }
