"""The held set of who may be compared is, at every moment, what the condition would give."""

from contextlib import suppress

from casework_help import CONSENT, roles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matching_help import SHARED, found, request, somebody

from kintrace.casework import agreements, cards, erasure, setup
from kintrace.casework.consents import allowing
from kintrace.casework.forms import consent_form
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Purpose
from kintrace.errors import KintraceError
from kintrace.matching.allowed import allowed_for
from kintrace.matching.comparable import keep_apart, others

ANSWERS = st.fixed_dictionaries(
    {"tracing": st.booleans()},
    optional={
        name: st.booleans() for name in ("face_search", "share_office:*", "share_office:there", "share_office:local")
    },
)
VERBS = st.sampled_from(
    ["consent", "withdraw face_search", "withdraw share_office", "close", "reopen", "transfer", "apart", "together", "erase",
     "register", "grow up"]
)  # fmt: skip


def true(card: Card) -> tuple[set, set]:
    """What the condition gives now, asked in full."""
    rows = others(card)
    face = rows.filter(allowing("subject_id", Purpose.FACE_SEARCH))
    return set(rows.values_list("id", "subject")), set(face.values_list("subject", flat=True))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(VERBS, st.integers(0, 5), ANSWERS), min_size=4, max_size=10))
def test_after_any_verbs_it_is_what_the_query_gives(scope, steps):
    every = roles(scope, *Role)
    with suppress(KintraceError):
        setup.add_office(every, "there", "Another office")
    there = roles(somebody("there", Role.FIELD_OFFICER), *Role)
    made = [
        (every, request(every)),
        (every, found(every)),
        (there, request(there)),
        (there, found(there, consent=SHARED)),
    ]
    for verb, which, answers in steps:
        holder, card = made[which % len(made)]
        with suppress(KintraceError):
            carry_out(verb, holder, card, answers, made, every)
        for each in Card._all.select_related("office", "subject"):
            held = allowed_for(each)
            assert (set(held.people.items()), held.faces) == true(each), verb
            assert all(subject in held for subject in held.people.values())
    keep_apart(every, "local", "there", take_back=True)


def carry_out(verb, holder, card, answers, made, every):
    name = str(card.id)
    if verb == "consent":
        agreements.record_consent(holder, name, consent_form({**CONSENT, "purposes": answers}))
    elif verb.startswith("withdraw"):
        agreements.withdraw_consent(holder, name, verb.split()[1])
    elif verb == "close":
        cards.close(holder, name, "invented")
    elif verb == "reopen":
        cards.reopen(holder, name)
    elif verb == "transfer":
        cards.transfer(holder, name, "there" if holder is every else "local")
    elif verb in ("apart", "together"):
        keep_apart(every, "local", "there", take_back=verb == "together")
    elif verb == "erase":
        erasure.erase(holder, name)
    elif verb == "register":
        made.append((holder, found(holder, consent={**CONSENT, "purposes": answers})))
    else:  # who is a child did not consent alone
        cards.amend(holder, name, {"date_of_birth": "2020-01-01"}, why="invented")
