"""From data to a fitted model: starts, refits, all responses together. May import all of models."""
