"""What every key does: the table of actions, and which of them a run allows."""
