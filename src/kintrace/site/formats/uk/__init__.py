"""Ukrainian: what Django leaves to American English."""
