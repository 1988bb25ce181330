"""Deciding in the terminal UI: what is known of recipes and plans, other runs than proposed."""
