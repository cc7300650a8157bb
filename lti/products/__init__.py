"""One class for each platform product: what that product forces on us."""
