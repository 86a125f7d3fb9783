"""Weights that a network begins with: found or fetched, read, and compared with the network."""
