"""Migrations of the keyring."""
