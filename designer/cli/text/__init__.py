"""What the command line prints about each answer. May import render, service and campaigns."""
