"""Tests of `designer.acquisition.judge`."""
