"""What the worker costs, on a real broker, next to vanilla Faust: `make bench`."""
