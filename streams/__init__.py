"""Vigie: the contact centre, live."""

__version__ = "0.1.0"
