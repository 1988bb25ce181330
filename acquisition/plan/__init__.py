"""The plan as a whole: assembled, ordered, explained. May import all of acquisition."""
