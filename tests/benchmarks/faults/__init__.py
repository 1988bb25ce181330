"""Faults made on purpose, and counted: kills, power cuts, flipped bits, odd files, races."""
