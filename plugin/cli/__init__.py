"""The command `leadline`: one file per subject."""
