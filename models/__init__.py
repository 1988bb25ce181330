"""What the runs say: encoding, kernels, transfer priors, fitting, validation. No files.

Reading order: ``encoding`` and ``data`` (what comes in; raw units → model scale), ``gp`` (the
equations: ``likelihood`` with ``kernels`` and ``hyperparameters``, ``covariance`` for
predictions), ``fitting`` with ``compression`` (long histories), ``posterior`` (predictions, pending
runs, averaging), ``diagnostics`` (how far to believe them), ``botorch_adapter`` (for others) and
``success_gp`` (where runs can be made at all). Nothing is imported here, so that each part loads
only what it needs.
"""
