"""What the runs say: encoding, kernels, transfer priors, fitting, validation. No files.

Reading order: ``space`` and ``data`` (what comes in), ``scaling`` and ``rows`` (raw units → model
scale), ``likelihood`` with ``kernels`` and ``priors`` (the equations), ``trust_gp`` (the fit),
``posterior`` with ``covariance``, ``conditioning`` and ``projection`` (predictions), ``laplace``,
``averaging``, ``trust``, ``validation`` (how far to believe them), ``botorch_model`` (for others).
Nothing is imported here, so that each part loads only what it needs.
"""
