"""What pictures are drawn from: slices, maps, what-if, evidence. Plain numbers, no drawing."""
