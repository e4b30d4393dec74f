"""What a contact centre's events mean, as pure functions: no clock, file, network or framework."""
