"""Pages and pictures of the documentation that are made from the program while it is built."""
