"""The sign-in, saved connections, and the test of a connection."""
