"""Tests of the whole product, by room."""
