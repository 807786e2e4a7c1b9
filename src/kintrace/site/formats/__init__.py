"""How a language writes days and hours, where Django's own way could be read in two."""
