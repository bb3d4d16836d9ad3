"""The emulated user pool holds what Cognito promises, also over a hard kill."""

import base64
import hashlib
import hmac
import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from infra.local import emulator, secrets_file
from infra.local.demo import sent_mails
from infra.local.parts import read_template
from infra.local.provision import provision

PASSWORD = "Correct-horse-1"


class Functions(HTTPServer):
    """Takes the pool's triggers and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Invocation)
        self.received: list[dict[str, Any]] = []
        self.status = 200


class _Invocation(BaseHTTPRequestHandler):
    server: Functions  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append({"path": self.path, **json.loads(body)})
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Pool:
    """The stack's user pool as its client uses it."""

    def __init__(self, state: Path, functions: Functions) -> None:
        self.emulator = emulator.start(state, f"http://127.0.0.1:{functions.server_port}/")
        declared = read_template({})
        secrets = secrets_file.read_or_make(state / "secrets.json", declared)
        provision(declared, self.emulator, secrets)
        secrets_file.write(state / "secrets.json", secrets)
        self.id = declared.values["UserPool"]
        self.client_id = declared.values["UserPoolClient"]
        self._secret = secrets["user-pool-client-secret"]
        self.cognito = self.emulator.client("cognito-idp")

    def hash(self, email: str) -> str:
        message = (email + self.client_id).encode()
        digest = hmac.new(self._secret.encode(), message, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def sign_up(self, email: str) -> str:
        """Sign up and return the code that was mailed."""
        self.cognito.sign_up(
            **self.known(email),
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        return self.mailed_code(email)

    def mailed_code(self, email: str) -> str:
        mails = [mail for mail in sent_mails(self.emulator.endpoint) if mail["to"] == email]
        return mails[-1]["text"].split("code is ")[1][:6]

    def confirm(self, email: str, code: str) -> None:
        self.cognito.confirm_sign_up(**self.known(email), ConfirmationCode=code)

    def sign_in(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = self.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": email,
                "PASSWORD": password,
                "SECRET_HASH": self.hash(email),
            },
        )
        return answer["AuthenticationResult"]

    def refresh(self, token: str) -> str:
        answer = self.cognito.get_tokens_from_refresh_token(
            ClientId=self.client_id, ClientSecret=self._secret, RefreshToken=token
        )
        return answer["AuthenticationResult"]["AccessToken"]

    def known(self, email: str) -> dict[str, str]:
        return {"ClientId": self.client_id, "Username": email, "SecretHash": self.hash(email)}

    def verified_claims(self, token: str) -> dict[str, Any]:
        """The token's claims; raises when no published key has signed it."""
        signed, _, signature = token.rpartition(".")
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        address = f"{self.emulator.endpoint}/{self.id}/.well-known/jwks.json"
        with urllib.request.urlopen(address) as answer:
            keys = {key["kid"]: key for key in json.load(answer)["keys"]}
        key = keys[header["kid"]]
        numbers = RSAPublicNumbers(*(int.from_bytes(_decoded(key[n])) for n in ("e", "n")))
        numbers.public_key().verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())
        return claims


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture(scope="module")
def functions() -> Iterator[Functions]:
    with Functions() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory, functions: Functions) -> Iterator[Pool]:
    started = Pool(tmp_path_factory.mktemp("pool"), functions)
    yield started
    started.emulator.stop()


def refused(code: str) -> Any:
    return pytest.raises(ClientError, match=code)


def test_only_the_mailed_code_confirms(pool: Pool) -> None:
    code = pool.sign_up("ada@example.org")
    wrong = "000000" if code != "000000" else "000001"
    with refused("CodeMismatchException"):
        pool.confirm("ada@example.org", wrong)
    with refused("UserNotConfirmedException"):
        pool.sign_in("ada@example.org")
    pool.confirm("ada@example.org", code)
    with refused("NotAuthorizedException"):
        pool.confirm("ada@example.org", code)
    assert pool.sign_in("ada@example.org")


def test_every_mail_has_a_code_of_its_own(pool: Pool) -> None:
    first = pool.sign_up("grace@example.org")
    pool.cognito.resend_confirmation_code(**pool.known("grace@example.org"))
    second = pool.mailed_code("grace@example.org")
    assert first != second
    with refused("CodeMismatchException"):
        pool.confirm("grace@example.org", first)
    pool.confirm("grace@example.org", second)


def test_a_forgotten_password_is_set_with_the_mailed_code(pool: Pool) -> None:
    email = "mary@example.org"
    pool.confirm(email, pool.sign_up(email))
    pool.cognito.forgot_password(**pool.known(email))
    code = pool.mailed_code(email)
    new = {**pool.known(email), "Password": "Another-good-1"}
    wrong = "000000" if code != "000000" else "000001"
    with refused("CodeMismatchException"):
        pool.cognito.confirm_forgot_password(**new, ConfirmationCode=wrong)
    pool.cognito.confirm_forgot_password(**new, ConfirmationCode=code)
    assert pool.sign_in(email, "Another-good-1")


def test_the_clients_secret_is_needed(pool: Pool) -> None:
    with refused("NotAuthorizedException"):
        pool.cognito.sign_up(
            **{**pool.known("eve@example.org"), "SecretHash": pool.hash("other@example.org")},
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": "eve@example.org"}],
        )


def test_a_confirmation_calls_the_users_function(pool: Pool, functions: Functions) -> None:
    pool.confirm("alan@example.org", pool.sign_up("alan@example.org"))
    event = functions.received[-1]
    assert event["path"] == "/campus-local-users"
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert event["request"]["userAttributes"]["email"] == "alan@example.org"
    assert event["request"]["userAttributes"]["email_verified"] == "true"
    assert event["userName"] == event["request"]["userAttributes"]["sub"]


def test_a_function_that_fails_fails_the_confirmation(pool: Pool, functions: Functions) -> None:
    code = pool.sign_up("kay@example.org")
    functions.status = 502
    try:
        with refused("UserLambdaValidationException"):
            pool.confirm("kay@example.org", code)
    finally:
        functions.status = 200


def test_access_tokens_last_fifteen_minutes_and_verify(pool: Pool) -> None:
    email = "edith@example.org"
    pool.confirm(email, pool.sign_up(email))
    tokens = pool.sign_in(email)
    claims = pool.verified_claims(tokens["AccessToken"])
    assert (tokens["ExpiresIn"], claims["exp"] - claims["iat"]) == (900, 900)
    assert (claims["token_use"], claims["client_id"]) == ("access", pool.client_id)
    assert claims["iss"] == f"https://cognito-idp.eu-central-1.amazonaws.com/{pool.id}"
    assert pool.verified_claims(pool.refresh(tokens["RefreshToken"]))["sub"] == claims["sub"]


def test_signing_out_everywhere_ends_refreshing(pool: Pool) -> None:
    email = "joan@example.org"
    pool.confirm(email, pool.sign_up(email))
    token = pool.sign_in(email)["RefreshToken"]
    pool.cognito.admin_user_global_sign_out(UserPoolId=pool.id, Username=email)
    with refused("NotAuthorizedException"):
        pool.refresh(token)


def test_a_hard_kill_loses_no_person_no_token_and_no_mail(
    tmp_path: Path, functions: Functions
) -> None:
    before = Pool(tmp_path, functions)
    before.confirm("old@example.org", before.sign_up("old@example.org"))
    tokens = before.sign_in("old@example.org")
    code = before.sign_up("new@example.org")
    before.emulator.client("sesv2").send_email(
        FromEmailAddress="no-reply@campus.example",
        Destination={"ToAddresses": ["old@example.org"]},
        Content={"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "there"}}}},
    )
    before.emulator.process.kill()
    before.emulator.process.wait()
    with (tmp_path / "mails.jsonl").open("a") as mails:
        mails.write('{"cut by the ki')

    after = Pool(tmp_path, functions)
    try:
        assert (after.id, after.client_id) == (before.id, before.client_id)
        assert after.verified_claims(tokens["AccessToken"])
        assert after.refresh(tokens["RefreshToken"])
        assert after.sign_in("old@example.org")
        assert after.mailed_code("new@example.org") == code
        assert sent_mails(after.emulator.endpoint)[-1]["subject"] == "Hi"
        after.confirm("new@example.org", code)
    finally:
        after.emulator.stop()


def test_the_emulator_ends_when_its_starter_is_gone(tmp_path: Path) -> None:
    started = emulator.start(tmp_path, "http://127.0.0.1:1/")
    assert started.process.stdin
    started.process.stdin.close()
    assert started.process.wait(60) == 0
