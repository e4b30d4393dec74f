"""The web side of the board."""
