"""Predictions: conditioning, Laplace weights, averaging. May import gp and below."""
