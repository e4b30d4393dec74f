"""The worker as a running service: from the input topics to the delta log, each event once."""
