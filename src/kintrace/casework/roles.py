"""The roles that users have in offices. Apart from the records, so that the settings can be checked by them."""

from kintrace.casework.words import Word


class Role(Word):
    """What a user is in an office; DESIGN.md §1."""

    FIELD_OFFICER = "field_officer"
    CASEWORKER = "caseworker"
    SENIOR_REVIEWER = "senior_reviewer"
    FORENSIC_OFFICER = "forensic_officer"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"
