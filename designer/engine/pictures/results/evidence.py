"""What results say of models, lines and campaign: all that pictures of them are drawn from."""

from __future__ import annotations

from designer.engine.evaluation import set_aside
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import Evidence
from designer.engine.pictures.results.line_evidence import line_evidence
from designer.engine.pictures.results.pareto import pareto
from designer.engine.pictures.results.parity import control, coverage, left_out_predictions, parity
from designer.engine.pictures.results.progress import progress, promised
from designer.engine.pictures.results.replicates import noise_sd, replicates
from designer.engine.pictures.surfaces import facts_of
from designer.engine.threads import one_thread


def evidence(fitted: FittedCampaign) -> Evidence:
    """Everything at the present log position."""
    state = fitted.state
    with one_thread():
        made = sorted(
            (run for run in state.runs.values() if run.made_key and run.status != "abandoned"),
            key=lambda run: run.made_key or ("", 0),
        )
        found = left_out_predictions(fitted)
        points = {name: parity(fitted, name, each) for name, each in found.items()}
        odd = {
            (each["run"] or "", each["response"]): each["message"]
            for each in (*set_aside(fitted), *fitted.doubtful)
        }
        return {
            "seq": state.seq,
            "cost_unit": state.spec.costs.unit,
            "responses": facts_of(fitted),
            "parity": points,
            "coverage": {name: coverage(fitted, each) for name, each in found.items()},
            "control": {
                name: control(name, points.get(name, []), made, odd) for name in fitted.averaged
            },
            "replicates": {name: replicates(fitted, name) for name in fitted.averaged},
            "noise_sd": {name: noise_sd(fitted, name) for name in fitted.averaged},
            "progress": progress(fitted, made),
            "promised": promised(fitted),
            "lines": line_evidence(fitted, found),
            "pareto": pareto(fitted),
        }
