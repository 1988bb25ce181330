"""What looks wrong although it is possible: slips of units, plans that changes have overtaken."""
