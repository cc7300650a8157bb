"""Edge: LTI 1.3 Advantage. Translates between a learning platform and the domain."""
