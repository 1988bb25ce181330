"""How far to believe a model: cross-validation, trust, odds, coverage of lines.

May import posterior and below.
"""
