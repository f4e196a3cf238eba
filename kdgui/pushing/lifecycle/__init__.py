"""After a push: submit, audit, take back, delete, one step at a time and read back."""
