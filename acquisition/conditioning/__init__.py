"""What one more run would change: covariances of candidates and reference points.

May import batches and below.
"""
