"""The domain: who does what, what it is worth, and what is posted. Stdlib and SQLAlchemy only."""
