"""Recipes that may be proposed: grids, samples, neighbours.

May import the acquisition's posterior only.
"""
