"""Classical designs: factorial, response surface, space filling, mixture and optimal designs.

What an engineer starts from, judges and compares with; no model of the line is asked.
"""
