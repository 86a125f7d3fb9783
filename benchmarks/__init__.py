"""Measures speed and smoothness. Never part of the tests: times are reported, not asserted."""
