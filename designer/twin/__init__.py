"""The pilot-line twin: a simulated line for the demo, tests and benchmarks.

Imports no room but the array types of models.
"""
