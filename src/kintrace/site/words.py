"""The words of the records' closed vocabularies, and the names of facts, as people read them; marked for translation."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, Any] = {
    # cards
    "tracing_request": _("tracing request"), "found_person": _("found person"), "sought": _("sought person"),
    "found": _("found person"), "enquirer": _("who asks"), "subject": _("the person"),
    "open": _("open"), "in_progress": _("in progress"), "candidate_under_review": _("a candidate is under review"),
    "verified": _("concluded on"), "contact_restored": _("contact restored"), "reunified": _("reunified"),
    "fate_clarified": _("fate clarified"), "closed": _("closed"),
    "conflict": _("conflict"), "disaster": _("disaster"), "migration": _("migration"), "detention": _("detention"),
    "other": _("other"), "minor": _("child"), "elderly": _("elderly"), "medical": _("medical need"), "detained": _("detained"),
    "alive_self_registered": _("registered themselves, alive"), "patient": _("patient"),
    "detainee_pow": _("prisoner of war"), "civilian_internee": _("civilian internee"),
    "unaccompanied_child": _("unaccompanied child"), "unidentified_living": _("living, cannot say who they are"),
    "deceased_unidentified": _("dead, name unknown"),
    "male": _("male"), "female": _("female"), "unknown": _("unknown"), "yes": _("yes"), "no": _("no"),
    "not_asked": _("not asked yet"), "cannot_be_asked": _("cannot be asked"),
    "stated": _("stated"), "documented": _("seen on a document"), "estimated": _("estimated"),
    # facts
    "full_name": _("full name"), "given_name": _("given name"), "family_name": _("family name"), "patronymic": _("patronymic"),
    "father_first_name": _("father's first name"), "mother_maiden_name": _("mother's maiden name"),
    "alternate_names": _("other names"), "nickname": _("nickname"), "sex": _("sex"), "date_of_birth": _("date of birth"),
    "place_of_birth": _("place of birth"), "nationality": _("nationality"), "occupation": _("occupation"),
    "height": _("height"), "build": _("build"), "eyes": _("eyes"), "hair": _("hair"), "marks": _("marks"),
    "clothing": _("clothing"), "military_rank": _("military rank"), "army": _("army"), "serial_number": _("serial number"),
    "unit": _("unit"), "last_residence": _("last residence"), "last_contact": _("place of last contact"),
    "last_contact_date": _("date of last contact"), "separation": _("place of separation"),
    "separation_date": _("date of separation"), "accompanied_by": _("accompanied by"), "family": _("family"),
    "languages": _("languages"), "relationship": _("relationship"), "contact": _("how to reach them"),
    "safe_contact": _("what is safe: ways and times"), "found_kind": _("who it is"), "found_date": _("found on"),
    "found_place": _("found at"), "found_by": _("found by"), "current_location": _("where they are now"),
    "notifying_authority": _("authority that told of them"), "events": _("what happened"),
    "agrees_to_be_found": _("agrees that the family may know"), "message_for_family": _("message for the family"),
    "body_label": _("body label"), "recovery_site": _("recovery site"), "mortuary": _("mortuary"),
    "condition": _("condition"), "effects": _("effects"), "samples": _("samples"), "date_of_death": _("date of death"),
    "reason": _("reason"), "priority": _("priority"), "legal_basis": _("legal basis"), "actions": _("actions"),
    "closure_reason": _("why it was closed"), "read_reason": _("why it was read"),
    # consent
    "self": _("the person"), "guardian": _("a guardian"), "best_interest": _("the office, in the person's best interest"),
    "tracing": _("tracing"), "face_search": _("face search"), "share_office": _("sharing with offices"),
    "share_authority": _("sharing with authorities"), "publish": _("publication"), "research": _("research"),
    # photos
    "waiting": _("waits for its faces to be found"), "done": _("compared"), "held": _("kept; nobody agreed to face search"),
    "no_face": _("no face was found"), "choose": _("several faces: say which is meant"),
    "poor": _("too poor to compare"), "refused": _("cannot be read"),
    "own_staff": _("own staff"), "authority": _("an authority"), "media": _("media"), "social_media": _("social media"),
    # candidates and reviews
    "blind_review": _("waits for a first, blind review"), "first_statement": _("waits for the first reviewer's statement"),
    "second_blind_review": _("waits for a second, blind review"),
    "second_statement": _("waits for the second reviewer's statement"),
    "arbitration_blind_review": _("waits for a third, blind review"),
    "arbitration_statement": _("waits for the third reviewer's statement"),
    "reviews_agree": _("the reviews agree"), "excluded": _("excluded"), "inconclusive": _("inconclusive"),
    "concluded": _("concluded on"), "potential_candidate": _("potential candidate"),
    "similar": _("similar"), "different": _("different"), "not_comparable": _("cannot be compared"),
    "face_outline": _("outline of the face"), "hairline_forehead": _("hairline and forehead"), "eyebrows": _("eyebrows"),
    "cheeks": _("cheeks"), "nose": _("nose"), "ears": _("ears"), "mouth": _("mouth"), "chin_jaw": _("chin and jaw"),
    "facial_lines": _("lines of the face"), "scars_marks": _("scars and marks"), "neck": _("neck"),
    "agree": _("agrees"), "differ": _("differs"), "blank": _("says nothing"),
    "two_reviews_agree": _("The reviewers agree that the two may be one person."),
    "a_fact_that_is_not_the_face": _("At least one fact that is not the face agrees."),
    "found_person_agrees": _("The found person agreed that the family may know."),
    "disclosure_approved": _("A second senior reviewer approved that the family is told."),
    "family_told": _("The family was told."),
    "conclude": _("Draw the conclusion"), "conclude.death": _("Conclude on the fate of somebody dead"),
    "disclosure.ask": _("Ask the found person whether the family may know"),
    "disclosure.approve": _("Approve that the family is told"), "disclosure.tell": _("Tell the family"),
    "fingerprints": _("fingerprints"), "dental": _("teeth"), "dna": _("DNA"),
    # roles and purposes
    "field_officer": _("field officer"), "caseworker": _("caseworker"), "senior_reviewer": _("senior reviewer"),
    "forensic_officer": _("forensic officer"), "data_protection_officer": _("data protection officer"),
    "administrator": _("administrator"), "registration": _("registration"), "review": _("review"),
    "protection": _("data protection"), "oversight": _("oversight"),
}  # fmt: skip
