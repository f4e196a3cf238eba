"""Card 1: form, rule, options, organisation."""
