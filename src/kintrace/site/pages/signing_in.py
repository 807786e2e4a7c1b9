"""Around signing in: who cannot get in is told what to do; the way to the agency's own directory and back, whose word is believed
where its signature holds."""

from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kintrace.site.door import anybody


class Signed(OpenIDConnectOAuth2Adapter):
    """Checks the signature of every token; OpenID Connect Core 1.0 §3.1.3.7 would let TLS alone stand for it."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            told: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (KeyError, TypeError, ValueError) as problem:  # a header without a key's name, a key of another kind
            raise OAuth2Error("Invalid id_token") from problem
        return told


@anybody
def lost(request: HttpRequest) -> HttpResponse:
    """What to do who cannot get in: nothing is sent by mail, so people help."""
    return render(request, "account/lost.html")


@anybody
def to_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go there; it sends people back with its word for who they are."""
    return _asked(OAuth2LoginView, request, provider_id)


@anybody
def from_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from there."""
    return _asked(OAuth2CallbackView, request, provider_id)


def _asked(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    adapter = Signed(request, provider_id)
    try:
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist as problem:
        raise Http404 from problem
    try:
        found: HttpResponse = view.adapter_view(adapter)(request)
    except (OSError, KeyError, ValueError) as problem:  # not reached, or what answers there is no directory
        return render_authentication_error(request, provider, exception=problem)
    return found
