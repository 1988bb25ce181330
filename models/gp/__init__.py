"""The Gaussian process over lines: inputs, kernels, likelihood, its maximum.

May import data and below.
"""
