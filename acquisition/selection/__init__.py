"""Choosing runs one by one: greedy, space-filling, new batches, search.

May import functions and below.
"""
