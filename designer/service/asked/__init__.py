"""What people ask of plans besides how many runs: wishes, and runs of their own."""
