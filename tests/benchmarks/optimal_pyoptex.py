"""One design of pyoptex, which conflicts with pandas 3: run in an environment of its own.

Reads a case of `optimal_designs` as JSON from standard input, writes the best recipes of so many
tries and the seconds of CPU they took (compilation left out) as JSON.
"""

import contextlib
import importlib
import io
import json
import sys
import time
from typing import Any

import numpy as np


def best(case: dict[str, Any]) -> dict[str, Any]:
    doe = importlib.import_module("pyoptex.doe.fixed_structure")
    metrics = importlib.import_module("pyoptex.doe.fixed_structure.metric")
    models = importlib.import_module("pyoptex.utils.model")
    constraints = importlib.import_module("pyoptex.doe.constraints")
    np.random.seed(case["seed"])
    effects = [doe.RandomEffect(np.array(z), ratio=1.0) for z in case["plots"]]
    factors, orders = [], {}
    order = {"linear": "lin", "interaction": "tfi", "quadratic": "quad"}[case["model"]]
    for told in case["factors"]:
        effect = effects[told["level"]] if told["level"] < len(effects) else None
        kind = {"type": "continuous", "min": told.get("low"), "max": told.get("high")}
        if told.get("mixed"):
            kind = {"type": "mixture"}
        if "categories" in told:
            kind = {"type": "categorical"}
        levels = np.array(told["levels"]) if "levels" in told else told.get("categories")
        factors.append(doe.Factor(told["name"], effect, levels=levels, **kind))
        orders[told["name"]] = "tfi" if order == "quad" and "categories" in told else order
    mixed = [told["name"] for told in case["factors"] if told.get("mixed")]
    if mixed:
        own = {name: order for name, order in orders.items() if name not in mixed}
        expand = models.mixtureY2X(factors, (mixed, "tfi"), own, "lin" if own else None)
    else:
        expand = models.model2Y2X(models.partial_rsm_names(orders), factors)
    metric = getattr(metrics, case["criterion"] + "opt")()
    rule = None
    if case["script"]:
        rule = constraints.parse_constraints_script(case["script"], factors, exclude=False)
    functions = doe.default_fn(factors, metric, expand, constraints=rule)
    parameters = doe.create_parameters(factors, functions, case["runs"])
    with contextlib.redirect_stderr(io.StringIO()):
        doe.create_fixed_structure_design(parameters, n_tries=1)  # compiles
        started = time.process_time()
        recipes, _ = doe.create_fixed_structure_design(parameters, n_tries=case["tries"])
    return {"recipes": recipes.to_dict("list"), "cpu": time.process_time() - started}


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it parses
        found = best(json.load(sys.stdin))
    json.dump(found, sys.stdout)
