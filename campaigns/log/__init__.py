"""What happened: events, runs, and the campaign's state folded from them.

May import specification and below.
"""
