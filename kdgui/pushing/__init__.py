"""The work: reading numbers, checking, running, settling. Plain Python, no Qt."""
