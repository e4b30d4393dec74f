"""The simulated contact centre: same bytes, true to the contract, like a real one."""
