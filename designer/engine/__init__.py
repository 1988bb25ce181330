"""The computing side: fit, propose, predict, evaluate. Loaded at first need only."""
