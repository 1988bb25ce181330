"""Pictures in characters: what is drawn of typed answers, whatever widget shows it."""
