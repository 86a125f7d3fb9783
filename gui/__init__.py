"""Everything on screen. Decides nothing about training; the engine knows nothing of it."""
