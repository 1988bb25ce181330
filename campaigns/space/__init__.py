"""Factors and constraints, and the proof that recipes exist. May import values and below."""
