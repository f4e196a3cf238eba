"""Questions about bills: which targets a source has, what state a bill is in, whose it is."""
