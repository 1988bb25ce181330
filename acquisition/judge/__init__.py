"""What a plan is worth, whoever made it: cost, bits, aliases, power, leverage, duplicates."""
