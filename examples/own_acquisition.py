"""An acquisition function of your own on the campaign's model, optimised with BoTorch.

    python examples/own_acquisition.py graphite mass_loading 12.0 --store pilot.db

`campaign.model()` is a BoTorch model of all responses on the unit cube, earlier lines and trust
included. Here a simple worth is made from it, "close to a target, and not yet known", and its best
point is found with `optimize_acqf`. The campaign is only read: attach the recipe once it was made.
"""

from __future__ import annotations

import argparse
import sys

import torch
from botorch.acquisition.acquisition import AcquisitionFunction
from botorch.models.model import Model
from botorch.optim.optimize import optimize_acqf
from botorch.posteriors.gpytorch import GPyTorchPosterior
from torch import Tensor

from designer import Campaign, DesignerError


class CloseAndUnknown(AcquisitionFunction):
    """``κ·sd − |mean − target|`` of one response, both in its declared unit.

    Args:
        model: of all responses.
        output: which of them.
        target: value to come close to.
        kappa: how much one standard deviation of ignorance is worth.
    """

    def __init__(self, model: Model, output: int, target: float, kappa: float = 1.0) -> None:
        super().__init__(model)
        self.output, self.target, self.kappa = output, target, kappa

    def forward(self, X: Tensor) -> Tensor:
        """Worth of recipes ``X [..., 1, d]``, ``[...]``."""
        posterior = self.model.posterior(X)
        if not isinstance(posterior, GPyTorchPosterior):
            raise TypeError("a Gaussian posterior is needed")
        mean: Tensor = posterior.mean[..., 0, self.output]
        variance: Tensor = posterior.variance[..., 0, self.output]
        return self.kappa * variance.clamp_min(1e-12).sqrt() - (mean - self.target).abs()


def best_recipe(
    campaign: Campaign, response: str, target: float, seed: int = 0
) -> dict[str, float]:
    """The recipe with the largest worth, on the machine's steps.

    For campaigns without categories and givens: every input of the model is then a number from
    0 to 1.
    """
    spec = campaign.spec
    outputs = [item.name for item in spec.responses]
    torch.manual_seed(seed)
    worth = CloseAndUnknown(campaign.model(), outputs.index(response), target)
    d = len(spec.inputs)
    bounds = torch.stack([torch.zeros(d), torch.ones(d)]).double()
    point, _ = optimize_acqf(worth, bounds, q=1, num_restarts=4, raw_samples=64)
    return {str(name): float(value) for name, value in campaign.decode(point).iloc[0].items()}


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and print one recipe."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("campaign")
    parser.add_argument("response")
    parser.add_argument("target", type=float)
    parser.add_argument("--store", required=True, help="a file or sqlite:///file")
    given = parser.parse_args(arguments)
    try:
        campaign = Campaign.open(given.campaign, given.store)
        recipe = best_recipe(campaign, given.response, given.target)
    except DesignerError as error:
        print("\n".join(str(problem) for problem in error.problems), file=sys.stderr)
        return error.exit_code
    print(", ".join(f"{name} = {value:g}" for name, value in recipe.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
