"""Tests of `designer.acquisition.judge.estimation`."""
