"""Predictions: conditioning, projection, Laplace weights, averaging. May import gp and below."""
