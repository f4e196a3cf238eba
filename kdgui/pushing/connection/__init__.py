"""A signed-in connection: signing in, signing in again, testing the way to a server."""
