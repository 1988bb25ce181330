"""Widgets that show pictures in characters."""
