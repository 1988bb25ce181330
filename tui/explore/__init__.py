"""What screen 4 shows: where somebody looks, which picture, and how answers become pictures."""
