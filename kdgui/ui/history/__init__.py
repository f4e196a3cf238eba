"""The history of runs, and what became of one bill."""
