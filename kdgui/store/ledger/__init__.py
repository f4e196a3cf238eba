"""The team's ledger: claims, runs and rows of several PCs on a database that the company already runs."""
