"""An optimizer and a dataset for Trainboard; each module is an entry point of its own."""
