"""Offices, people, cards, photos and consent: the records, and the verbs on them.

Every verb asks its scope for permission, is one transaction, and is in the ledger. What is known of a person is sealed under
that person's key. Import the parts from their modules: Django's models must not load before its settings.
"""
