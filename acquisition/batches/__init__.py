"""Batches of the stages and what a new one costs. May import the acquisition's posterior only."""
