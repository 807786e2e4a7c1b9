"""Read by Django (FORMAT_MODULE_PATH)."""

SHORT_DATETIME_FORMAT = "j M Y, H:i"
