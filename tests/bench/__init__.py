"""Benchmarks: kdgui beside what a user would otherwise have, run for real in the same minutes."""
