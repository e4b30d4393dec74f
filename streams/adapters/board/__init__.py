"""The board as a running service: follows the delta log, keeps the sums, publishes snapshots."""
