"""Administration: accounts, offices and how the installation stands; and nothing of any case."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from matching_help import somebody
from site_help import client_for

from kintrace.casework.backup import make_backup
from kintrace.casework.people import Membership, Office, Role, User
from kintrace.casework.records import Card
from kintrace.casework.scope import Scope
from kintrace.evidence.names.learning import to_toml
from kintrace.evidence.names.weights import shipped_tables
from kintrace.folder import learned_place
from kintrace.ledger import entries
from kintrace.site import checking


def test_somebody_is_added_given_a_role_and_a_password_shown_once(scope: Scope) -> None:
    """The password stands in the one answer, opens sign-in, and must be changed before anything else."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    admin.post("/administration/people", {"login": "nadia"})
    user = User.objects.get(username="nadia")
    page = f"/administration/people/{user.id}"
    admin.post(f"{page}/role", {"role": "caseworker", "office": "local"})
    assert Membership._all.get(user=user).role == Role.CASEWORKER
    shown = admin.post(f"{page}/password").content.decode()
    password = re.search(r'<code dir="ltr">([a-z0-9-]+)</code>', shown)
    assert password is not None
    assert password[1] not in admin.get(page).content.decode()
    theirs = Client()
    theirs.post("/account/login/", {"login": "nadia", "password": password[1]})
    assert theirs.get("/")["Location"] == "/account/password/change/"
    said = [each.action for each in entries(most=20)]
    assert {"user.add", "user.role", "user.password"} <= set(said)


def test_who_is_shut_out_is_signed_out_everywhere(scope: Scope) -> None:
    """And may come back when let in again, by signing in anew."""
    admin, other = client_for(scope, Role.ADMINISTRATOR), client_for(scope, Role.CASEWORKER, login="sami")
    other.get("/")
    user = User.objects.get(username="sami")
    assert "1</td>" in admin.get("/administration/people").content.decode()
    admin.post(f"/administration/people/{user.id}/out")
    assert other.get("/").status_code == 302
    admin.post(f"/administration/people/{user.id}/in")
    user.refresh_from_db()
    assert user.is_active
    assert other.get("/").status_code == 302


def test_second_factors_are_forgotten_when_a_telephone_is_lost(scope: Scope) -> None:
    """With the recovery codes; they set up new ones."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    client_for(scope, Role.CASEWORKER, login="sami")
    user = User.objects.get(username="sami")
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={})
    admin.post(f"/administration/people/{user.id}/factor")
    assert not Authenticator.objects.filter(user=user).exists()
    assert entries(action="user.second_factor")[0].facts == {"forgotten": 2}


def test_the_last_administrator_stays(scope: Scope) -> None:
    """Nobody can take away the last one who could give it back."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    first = Membership._all.filter(role=Role.ADMINISTRATOR).exclude(user_id=scope.user).get().user
    admin.post(f"/administration/people/{scope.user}/role", {"role": "administrator", "office": "local", "back": "1"})
    answer = admin.post(f"/administration/people/{first.id}/out")
    assert answer.status_code == 422
    assert User.objects.get(id=first.id).is_active


def test_a_login_name_that_cannot_be_one_is_refused(scope: Scope) -> None:
    """Nobody is added with markup for a name."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    for name in ("", "a b", "<script>", "x" * 151):
        answer = admin.post("/administration/people", {"login": name})
        assert answer.status_code == 422
        page = html.unescape(answer.content.decode())
        assert 'id="login-e" role="alert"><li>This cannot be a login name. Use letters' in page
        assert f'name="login" value="{name}"' in page, "what was typed stays"
    admin.post("/administration/people", {"login": "nadia"})
    taken = admin.post("/administration/people", {"login": "Nadia"})
    assert "There is a user with this login name already." in taken.content.decode()
    assert 'value="Nadia"' in taken.content.decode()
    assert not User.objects.filter(username__contains="<").exists()


def test_offices_bureaus_and_offices_kept_apart(scope: Scope) -> None:
    """Each by its form, and told on the page."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    admin.post("/administration/offices", {"what": "office", "code": "north", "name": "The north (invented)"})
    admin.post("/administration/offices", {"what": "bureau", "code": "flood", "name": "The flood (invented)"})
    admin.post("/administration/offices", {"what": "apart", "one": "local", "other": "north"})
    page = admin.get("/administration/offices").content.decode()
    assert Office._all.filter(code="north").exists()
    assert "The flood (invented)" in page
    assert 'name="what" value="together"' in page
    admin.post("/administration/offices", {"what": "together", "one": "local", "other": "north"})
    assert 'name="what" value="together"' not in admin.get("/administration/offices").content.decode()


def test_how_it_stands_shows_counts_and_nothing_of_a_case(scope: Scope, request_card: Callable[..., Card]) -> None:
    """Neither names nor numbers of cards; the administrator's role opens no case."""
    card = request_card("Amal Sayegh (invented)")
    admin = client_for(scope, Role.ADMINISTRATOR)
    page = admin.get("/administration").content.decode()
    assert "sface" in page
    assert "none was seen just now" in page
    assert "Sayegh" not in page
    assert str(card.id) not in page


def test_the_check_of_all_records_tells_what_is_wrong(scope: Scope, request_card: Callable[..., Card]) -> None:
    """Sound records are said to be sound; a value that was changed behind Kintrace's back is found."""
    from kintrace.casework.records import Fact

    card = request_card()
    admin = client_for(scope, Role.ADMINISTRATOR)
    admin.post("/administration/check")
    checking.wait(30)
    assert "all is sound" in admin.get("/administration").content.decode()
    fact: Any = Fact._all.filter(person=card.subject).first()
    Fact._all.filter(id=fact.id).update(content=bytes(fact.content)[:-1] + b"\0")
    admin.post("/administration/check")
    checking.wait(30)
    page = admin.get("/administration").content.decode()
    assert "something is wrong" in page
    assert "1 values of casework_fact do not open" in page
    assert entries(action="records.check")[0].outcome == "failed"


def test_by_which_weights_names_are_compared(scope: Scope) -> None:
    """Those that were learned here, or those that came with the program; a damaged file is said."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    assert "those that came with Kintrace" in admin.get("/administration").content.decode()
    told = {"pairs": {"value": 1234}, "made": {"value": "2026-03-05"}}
    learned = {
        name: {**each, "basis": "learned", "source": "learned by a test, of nobody"} for name, each in told.items()
    }
    learned_place().parent.mkdir(parents=True, exist_ok=True)
    try:
        learned_place().write_text(to_toml({**shipped_tables(), "learned": learned}), encoding="utf-8")
        assert "learned from confirmed pairs of one person: 1,234" in admin.get("/administration").content.decode()
        learned_place().write_text("broken", encoding="utf-8")
        assert "cannot be read as weights of names" in admin.get("/administration").content.decode()
    finally:
        learned_place().unlink()


def test_an_office_needs_a_name_that_can_be_kept(scope: Scope) -> None:
    client = client_for(scope, Role.ADMINISTRATOR)
    for what in ("office", "bureau"):
        for name in ("", " ", "x" * 201):
            answer = client.post("/administration/offices", {"what": what, "code": f"{what}7", "name": name})
            assert answer.status_code == 422
            assert "This name cannot be used." in answer.content.decode()


def test_a_restore_drill_is_written_down(scope: Scope, tmp_path: Path) -> None:
    """It writes to the ledger of the folder it restores into: here somebody says that it was done, and how it went."""
    admin = client_for(scope, Role.ADMINISTRATOR)
    today = timezone.now().date()
    assert "Write down a restore drill" not in admin.get("/administration").content.decode()
    refused = admin.post("/administration/drill", {"day": today.isoformat(), "sound": "yes"})
    assert "No backup had been made here by that day." in refused.content.decode()
    make_backup(somebody("local", Role.ADMINISTRATOR), tmp_path)
    for day in ("soon", (today + timedelta(days=2)).isoformat(), "2020-01-01"):
        assert admin.post("/administration/drill", {"day": day, "sound": "yes"}).status_code == 422, day
    assert admin.post("/administration/drill", {"day": today.isoformat(), "sound": "perhaps"}).status_code == 422
    for sound, words, outcome in (("no", "something was missing", "failed"), ("yes", "everybody was back", "done")):
        page = admin.post("/administration/drill", {"day": today.isoformat(), "sound": sound}, follow=True)
        assert words in page.content.decode()
        assert entries(action="backup.drill")[0].outcome == outcome
    assert entries(action="backup.drill")[0].facts == {"day": today.isoformat()}
