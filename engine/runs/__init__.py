"""Runs on disk: the folder, the metric log, the library of runs."""
