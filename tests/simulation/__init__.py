"""The delta log under seeded crashes, zombies, repeated, late and lost writes."""
