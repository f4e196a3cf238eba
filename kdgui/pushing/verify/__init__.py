"""From what was answered and what the server holds to a verdict."""
