"""The web side of the board: wallboard, live stream, figures as lines, metrics, health."""
