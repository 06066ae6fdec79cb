"""Nash equilibria: known, or solved for."""
