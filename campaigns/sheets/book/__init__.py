"""Workbooks: a plan to be filled in, its predictions and facts; the data of a campaign."""
