"""The journal: SQLite file, schema, rows, chains, searches, rescue."""
