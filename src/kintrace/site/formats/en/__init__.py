"""English as offices everywhere write it: the month in letters, so that nobody takes it for the day; hours to 24."""
