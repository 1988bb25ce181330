"""Our posteriors as BoTorch models. May import posterior and below."""
