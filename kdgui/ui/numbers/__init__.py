"""Card 2: the grid of bill numbers, importing, what a check found."""
