"""What must be true of Vigie; laid out as streams/ is."""
