"""The pilot-line twin: a simulated line for the demo, tests and benchmarks.

May import campaigns.
"""
