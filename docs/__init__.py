"""The documentation, and the scripts that make what must follow the program."""
