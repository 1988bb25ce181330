"""The campaign's specification: read, checked, written, amended. May import space and below."""
