"""Numbers, units, names and times as people write them. Imports errors only."""
