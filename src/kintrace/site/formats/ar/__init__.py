"""Arabic: the month in letters; hours to 24."""
