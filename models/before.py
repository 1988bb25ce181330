"""What the earlier lines alone say, at hyperparameters that already know the target's runs."""

from __future__ import annotations

from dataclasses import replace

from designer.models.posterior import ResponsePosterior


def without_target_runs(posterior: ResponsePosterior) -> ResponsePosterior:
    """The same model with the target's rows taken out (the prior, where there are no lines).

    The difference to ``posterior`` is what the target's runs taught.
    """
    rows = posterior.fitted.rows
    kept = slice(0, len(rows) - rows.target_rows)  # the target's rows come last
    earlier = replace(
        rows,
        X=rows.X[kept],
        z=rows.z[kept],
        position=rows.position[kept],
        batch=rows.batch[kept],
        base=rows.base[kept],
        extra=rows.extra[kept],
        run=rows.run[kept],
        order=rows.order[kept],
    )
    return ResponsePosterior(replace(posterior.fitted, rows=earlier))
