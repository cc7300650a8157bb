"""Composition: the only place that knows the domain and both edges."""
