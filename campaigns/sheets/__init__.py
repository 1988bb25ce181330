"""Plans out and results in: sheets people fill in.

Above the commands; may import all of campaigns.
"""
