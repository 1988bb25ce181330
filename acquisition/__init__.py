"""What to ask next: candidate recipes, information measures, plans and their costs."""
