"""An OpenID provider on loopback: discovery, authorization code with PKCE, tokens signed with joserfc, userinfo, keys."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "kintrace-test", "a secret of the test's"


@dataclass
class Directory:
    """The agency's directory, and who sits before it now."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    """Written over those of the next token, to make it a wrong one."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256", "use": "sig"}))
    signs_with: RSAKey | OctKey | None = None
    """In place of its own key, to make the next token a wrong one."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def setting(self) -> str:
        """For KINTRACE_OIDC."""
        return f"The agency|{CLIENT}|{SECRET}|{self.address}"

    def sits_down(self, name: str, **more: Any) -> None:
        """Somebody is signed in at the directory."""
        self.person = {"sub": f"id of {name}", "preferred_username": name, "name": f"{name} (invented)",
                       "email": f"{name}@agency.example", **more}  # fmt: skip

    def discovery(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0 §3."""
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": self.address, **{f"{name}_endpoint": f"{self.address}/{path}" for name, path in ends.items()},
            "jwks_uri": f"{self.address}/keys", "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }  # fmt: skip

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """A code, once, for tokens; only for who holds the secret and the verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
            or form.get("redirect_uri") != asked["redirect_uri"]
            or proof.decode() != asked["code_challenge"]
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, **self.person, **self.claims}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.person
        key = self.signs_with or self.key
        told = key.as_dict()
        signed = jwt.encode({"alg": str(told["alg"]), "kid": str(told["kid"])}, claims, key)
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": signed}


def _handler(directory: Directory) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            directory.asked.append(at.path)
            if at.path == "/.well-known/openid-configuration":
                self._say(directory.discovery())
            elif at.path == "/keys":
                self._say({"keys": [directory.key.as_dict(private=False)]})
            elif at.path == "/authorize":
                where = directory.authorize({name: each[0] for name, each in parse_qs(at.query).items()})
                self.send_response(302)
                self.send_header("Location", where)
                self.end_headers()
            elif at.path == "/userinfo":
                held = directory.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
                self._say(held or {"error": "invalid_token"}, 200 if held else 401)
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            directory.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = directory.exchange({name: each[0] for name, each in parse_qs(body).items()})
            self._say(given or {"error": "invalid_grant"}, 200 if given else 400)

        def _say(self, told: dict[str, Any], status: int = 200) -> None:
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def open_directory() -> Iterator[Directory]:
    """A directory that answers until the test ends."""
    directory = Directory()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(directory))
    directory.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield directory
    finally:
        server.shutdown()
        server.server_close()
