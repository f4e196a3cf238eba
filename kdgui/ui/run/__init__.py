"""From the push button to the end of a run: confirming, controlling, pausing, closing."""
