"""Sign-in by the agency's own directory: a real OpenID provider on loopback, and allauth's real client."""

import html
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from joserfc.jwk import OctKey, RSAKey
from oidc_provider import open_directory

from kintrace.casework.people import Membership, Office, Role, User
from kintrace.errors import KintraceError
from kintrace.ledger import entries
from kintrace.site.directory import providers

LOGIN = "/account/oidc/directory/login/"


@pytest.fixture
def directory(settings, scope):
    with open_directory() as found:
        settings.SOCIALACCOUNT_PROVIDERS = providers(found.setting)
        yield found


@pytest.fixture
def sami(scope):
    """A caseworker whom an administrator added, without a password."""
    user = User(username="sami")
    user.set_unusable_password()
    user.save()
    Membership._all.create(user=user, office=Office._all.get(id=scope.office), role=Role.CASEWORKER)
    return user


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def at_the_directory(address):
    """What a browser does there: it is sent back with a code."""
    try:
        urllib.request.build_opener(_Stay).open(address)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("the directory sent nobody back")


def sign_in(client, *, code=None):
    """From the link on the sign-in page to the answer of this server."""
    there = client.get(LOGIN)["Location"]
    back = urlsplit(at_the_directory(there))
    assert back.path == f"{LOGIN}callback/"
    query = back.query if code is None else back.query.replace("code=", f"code={code}")
    return client.get(f"{back.path}?{query}", follow=True)


def outcomes():
    """Of sign-ins, the newest first."""
    return [each.outcome for each in entries(action="web.sign_in", most=1000)]


def test_who_has_an_account_comes_in_with_their_role(directory, sami):
    directory.sits_down("sami")
    client = Client()
    assert "Sign in with The agency" in html.unescape(client.get("/account/login/").content.decode())
    answer = sign_in(client)
    assert answer.redirect_chain[-1][0] == "/"
    assert answer.context["user"] == sami
    assert client.get("/candidates").status_code == 200
    assert client.get("/administration").status_code == 403
    assert outcomes() == ["done"]
    assert {"/.well-known/openid-configuration", "/token", "/userinfo"} <= set(directory.asked)
    held = SocialAccount.objects.get()
    assert (held.user, held.uid) == (sami, "id of sami")
    assert held.extra_data == {"preferred_username": "sami"}, "no name, no address of theirs is kept"
    sign_in(Client())
    assert SocialAccount.objects.get().extra_data == {"preferred_username": "sami"}


@pytest.mark.parametrize("name", ["stranger", "Sami", "sami ", ""])
def test_who_has_none_gets_in_nowhere(directory, sami, name):
    directory.sits_down(name)
    client = Client()
    told = html.unescape(sign_in(client).content.decode())
    assert "You have no account here" in told
    assert "Ask an administrator" in told
    assert not User.objects.exclude(username__in=("sami", "officer")).exists()
    assert not SocialAccount.objects.exists()
    for page in ("/", "/cards", "/account/factors/", "/account/sessions/"):
        assert client.get(page)["Location"].startswith("/account/login/"), page
    for page in ("/account/signup/", "/account/directory/signup/"):
        assert "sami" not in client.get(page, follow=True).content.decode()
        client.post(page, {"username": "stranger", "email": "s@agency.example", "password1": "a long enough one"})
    assert not User.objects.exclude(username__in=("sami", "officer")).exists()
    assert outcomes() == ["refused"]


def test_who_has_an_account_without_a_role_sees_nothing(directory, sami):
    Membership._all.all().delete()
    directory.sits_down("sami")
    answer = sign_in(Client())
    assert answer.status_code == 403


def test_who_was_shut_out_stays_out(directory, sami):
    directory.sits_down("sami")
    sign_in(Client())
    User.objects.filter(id=sami.id).update(is_active=False)
    client = Client()
    assert "shut out" in html.unescape(sign_in(client).content.decode())
    assert client.get("/")["Location"].startswith("/account/login/")
    SocialAccount.objects.all().delete()
    assert "no account here" in html.unescape(sign_in(client).content.decode())


def test_a_second_factor_is_asked_for_all_the_same(directory, sami, settings):
    settings.SECOND_FACTOR = "all"
    directory.sits_down("sami")
    client = Client()
    sign_in(client)
    assert client.get("/candidates")["Location"] == "/account/factors/"


def test_the_account_follows_the_directorys_id_and_not_its_name(directory, sami):
    """Somebody else who takes over the name in the directory is another person there; whoever is renamed stays who they are."""
    directory.sits_down("sami")
    sign_in(Client())
    directory.sits_down("renamed", sub="id of sami")
    assert sign_in(Client()).context["user"] == sami


@pytest.mark.parametrize("claims", [
    {"iss": "https://elsewhere.example"}, {"aud": "another program"}, {"exp": int(time.time()) - 60},
])  # fmt: skip
def test_a_token_that_is_not_for_us_opens_nothing(directory, sami, claims):
    directory.sits_down("sami")
    directory.claims = claims
    client = Client()
    assert "did not let you in" in html.unescape(sign_in(client).content.decode())
    assert client.get("/")["Location"].startswith("/account/login/")
    assert outcomes() == ["refused"]


@pytest.mark.parametrize("key", [
    RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256"}), RSAKey.generate_key(2048, {"kid": "another", "alg": "RS256"}),
    OctKey.import_key(b"a secret that both sides know" * 2, {"kid": "1", "alg": "HS256"}),
])  # fmt: skip
def test_a_token_that_the_directory_did_not_sign_opens_nothing(directory, sami, key):
    directory.sits_down("sami")
    directory.signs_with = key
    client = Client()
    assert "did not let you in" in html.unescape(sign_in(client).content.decode())
    assert client.get("/")["Location"].startswith("/account/login/")
    assert outcomes() == ["refused"]


def test_a_foreign_code_or_state_opens_nothing(directory, sami):
    directory.sits_down("sami")
    client = Client()
    assert "did not let you in" in html.unescape(sign_in(client, code="made-up-").content.decode())
    there = at_the_directory(Client().get(LOGIN)["Location"])  # begun in another browser: a link somebody sent
    client.get(there.removeprefix("http://testserver"), follow=True)
    assert client.get("/")["Location"].startswith("/account/login/")


def test_turning_back_or_no_directory_is_said(directory, sami):
    client = Client()
    state = client.get(LOGIN)["Location"].split("state=")[1].split("&")[0]
    told = client.get(f"{LOGIN}callback/?error=access_denied&state={state}", follow=True).content.decode()
    assert "turned back" in html.unescape(told)


def test_a_directory_that_is_down_is_said(settings, scope):
    with open_directory() as found:
        settings.SOCIALACCOUNT_PROVIDERS = providers(found.setting)
    told = html.unescape(Client().get(LOGIN).content.decode())
    assert "did not let you in" in told
    assert "ask an administrator" in told


def test_nobody_joins_another_person_of_the_directory_to_their_account(directory, sami):
    other = User.objects.create(username="lena")
    client = Client()
    client.force_login(other)
    directory.sits_down("sami")
    back = urlsplit(at_the_directory(client.get(f"{LOGIN}?process=connect")["Location"]))
    client.get(f"{back.path}?{back.query}")
    assert not SocialAccount.objects.filter(user=other).exists()


def test_without_the_setting_there_is_no_such_way(scope):
    client = Client()
    assert "Sign in with" not in client.get("/account/login/").content.decode().replace("Sign in with a passkey", "")
    assert client.get(LOGIN).status_code == 404


@pytest.mark.parametrize(
    "told", ["The agency", "a|b|c", "a|b||https://x.example", "a|b|c|http://directory.example", "a|b|c|x"]
)
def test_a_setting_that_cannot_be_trusted_is_refused(told):
    with pytest.raises(KintraceError, match="KINTRACE_OIDC"):
        providers(told)
