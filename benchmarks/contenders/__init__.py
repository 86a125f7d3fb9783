"""Ways to train the same recipe, one a file; each is run in a process of its own."""
