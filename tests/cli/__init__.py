"""The command vigie."""
