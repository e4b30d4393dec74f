"""The lives of contacts and agents: one function per event type, facts out."""
