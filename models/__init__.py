"""What the runs say: encoding, kernels, transfer priors, fitting, validation. No files."""
