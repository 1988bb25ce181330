"""Rows a model learns from: scaling, outliers, nuisance inputs.

Imports encoding and arrays only.
"""
