"""What earlier lines do to own results: one script per question, rows kept as JSON lines."""
