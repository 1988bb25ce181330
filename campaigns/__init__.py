"""Plain data and memory: specification, runs, events, the store, tables. No mathematics."""
