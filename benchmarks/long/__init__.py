"""What lasts or is large: long curves, long runs, much data."""
