"""Module packs, attempts, the eight activities, instruments and scoring."""
