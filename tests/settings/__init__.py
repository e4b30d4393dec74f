"""Settings: read from three places, checked, turned into rules."""
