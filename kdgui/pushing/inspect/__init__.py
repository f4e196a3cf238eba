"""Read-only questions of the clerk: check, lines, preview, totals, what became of a bill."""
