"""One run: guard, write down, send once, read back; and the recovery of earlier runs."""
