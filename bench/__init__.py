"""Timings, printed as ratios. They assert nothing."""
