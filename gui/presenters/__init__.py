"""State and decisions of the window, on QtCore alone: every one is tested without a widget."""
