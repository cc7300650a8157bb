"""The customer, its people and (with SCIM) their reporting lines."""
