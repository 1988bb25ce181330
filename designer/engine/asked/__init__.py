"""What people ask of plans that is no plan of ours: runs of their own."""
