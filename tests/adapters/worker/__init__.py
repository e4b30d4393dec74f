"""The worker as a service, with a log and a source in memory."""
