"""Chromium looks at the wallboard."""
