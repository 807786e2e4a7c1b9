"""Read by Django (FORMAT_MODULE_PATH)."""

SHORT_DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y، H:i"
SHORT_DATETIME_FORMAT = "j F Y، H:i"
NUMBER_GROUPING = 3  # Django's own groups nothing, so that a million reads badly
THOUSAND_SEPARATOR = ","
DECIMAL_SEPARATOR = "."
"""CLDR's for Arabic with Latin digits. Of Django's, parted by a no-break space, a browser draws the groups from right to left."""
