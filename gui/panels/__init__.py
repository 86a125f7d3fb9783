"""The parts of the window: each shows one thing and decides nothing."""
