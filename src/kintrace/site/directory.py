"""Sign-in by the agency's own directory (OpenID Connect): what the setting says, as allauth wants it."""

from typing import Any
from urllib.parse import urlsplit

from kintrace.errors import KintraceError

HERE = ("localhost", "127.0.0.1", "::1")


def providers(told: str | None) -> dict[str, Any]:
    """Settings of the one directory; none where the setting is empty.

    Args:
        told: ``NAME|CLIENT|SECRET|ADDRESS``.

    Raises:
        KintraceError: it is not that, or its address is not https, on which the directory's word stands.
    """
    if not told:
        return {}
    parts = told.split("|", 3)
    where = urlsplit(parts[-1])
    if len(parts) < 4 or not all(parts) or not where.hostname:
        raise KintraceError(
            "KINTRACE_OIDC cannot be used.", "Nothing was begun.", "Write it as NAME|CLIENT|SECRET|ADDRESS, all four."
        )
    if where.scheme != "https" and where.hostname not in HERE:
        raise KintraceError(
            "The directory's address in KINTRACE_OIDC is not https.", "Nothing was begun.",
            "Use its https:// address: whoever stands between could sign in as anybody.",
        )  # fmt: skip
    name, client, secret, address = parts
    app = {
        "provider_id": "directory", "name": name, "client_id": client, "secret": secret,
        "settings": {"server_url": address},
    }  # fmt: skip
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
