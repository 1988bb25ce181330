"""Long histories condensed into a few values of their surfaces. May import gp and below."""
