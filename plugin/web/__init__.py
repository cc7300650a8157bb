"""Pages: blueprints of short views."""
