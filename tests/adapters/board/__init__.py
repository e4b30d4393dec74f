"""The board as a service."""
