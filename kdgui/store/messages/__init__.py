"""The sentences of both languages, and what is known about the server's refusals."""
