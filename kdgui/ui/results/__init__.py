"""Card 3: the results of a run and what can be done with them."""
