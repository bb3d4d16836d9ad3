"""What `make up` prints: where everything is, a token that works, and three calls to try."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import urllib.request
from importlib.util import find_spec
from typing import Any

from botocore.exceptions import ClientError

from infra.local.emulator import client
from infra.local.logs import colored, say
from infra.local.options import ROOT
from infra.local.parts import Parts

EMAIL = "demo@campus.local"
PASSWORD = "Campus-demo-1"  # noqa: S105 (a demo account that exists on this machine only)
_NOBODY = ("NotAuthorizedException", "UserNotConfirmedException", "UserNotFoundException")


def welcome(parts: Parts) -> None:
    """Make the demo account and its data once, then print how to begin."""
    token = _Pool(parts.options.description()).demo_token()
    seed_once(parts)
    address = f"http://127.0.0.1:{parts.options.port}"
    print(
        f"\n  {colored('Campus is up', 'green')}  {address}\n"
        f"  Docs          {address}/docs\n"
        f"  Console       {address}/_local/\n"
        f"  Database      {parts.database_url}\n"
        f"  Demo account  {EMAIL} / {PASSWORD}\n\n"
        f"  export TOKEN={token}\n"
        f"  curl {address}/health\n"
        f'  curl -H "Authorization: Bearer $TOKEN" {address}/v2/users/me\n'
        f'  curl -H "Authorization: Bearer $TOKEN" {address}/v2/tasks/assignments\n\n'
        "  Ctrl-C stops; edits load by themselves.\n",
        flush=True,
    )


def seed_once(parts: Parts) -> None:
    """Load the demo data into a database that never had them."""
    done = parts.options.data / "seeded"
    if done.exists() or find_spec("infra.local.seed") is None:
        return
    finished = subprocess.run(
        [sys.executable, "-m", "infra.local", "seed"],
        cwd=ROOT,
        env=os.environ | {"CAMPUS_DATA": str(parts.options.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        say(colored(f"the demo data could not be loaded:\n{finished.stderr}", "red"))
    else:
        done.touch()


def with_demo_token(event: Any, description: dict[str, Any]) -> Any:
    """The event of a request with a token of the demo account where a sample has a place for one;
    unchanged as long as there is no such account, or no such place."""
    from infra.contracts.invocations import TOKEN  # loads every handler: make up does without

    headers = event.get("headers", {}) if isinstance(event, dict) else {}
    if headers.get("authorization") != TOKEN:
        return event
    token = _Pool(description).token()
    if token is None:
        print("there is no demo account yet (make up makes it): TOKEN stays", file=sys.stderr)
        return event
    return {**event, "headers": {**headers, "authorization": f"Bearer {token}"}}


class _Pool:
    """The user pool as a client of it sees it."""

    def __init__(self, description: dict[str, Any]) -> None:
        values = description["values"]
        self._endpoint = description["endpoint"]
        self._cognito = client("cognito-idp", self._endpoint)
        self._client_id = values["UserPoolClient"]
        self._secret = values["UserPoolClient.ClientSecret"]

    def demo_token(self) -> str:
        """An access token of the demo account, which is made when it does not exist."""
        token = self.token()
        if token is None:
            self._sign_up()
            token = self.token()
        assert token, "who was just confirmed can sign in"
        return token

    def token(self) -> str | None:
        """An access token of the demo account; None when nobody can sign in as that."""
        hashed = {"USERNAME": EMAIL, "PASSWORD": PASSWORD, "SECRET_HASH": self._hash()}
        try:
            answer = self._cognito.initiate_auth(
                ClientId=self._client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=hashed
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOBODY:
                return None
            raise
        return answer["AuthenticationResult"]["AccessToken"]

    def _sign_up(self) -> None:
        known: dict[str, Any] = {
            "ClientId": self._client_id,
            "SecretHash": self._hash(),
            "Username": EMAIL,
        }
        names = {"email": EMAIL, "given_name": "Demo", "family_name": "Student"}
        attributes = [{"Name": name, "Value": value} for name, value in names.items()]
        try:
            self._cognito.sign_up(**known, Password=PASSWORD, UserAttributes=attributes)
        except self._cognito.exceptions.UsernameExistsException:
            self._cognito.resend_confirmation_code(**known)
        try:
            self._cognito.confirm_sign_up(**known, ConfirmationCode=self._mailed_code())
        except self._cognito.exceptions.UserLambdaValidationException:
            say(colored("the users function did not take the demo account", "red"))

    def _hash(self) -> str:
        """Cognito's SECRET_HASH: proof that the caller knows the client's secret."""
        message = (EMAIL + self._client_id).encode()
        digest = hmac.new(self._secret.encode(), message, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def _mailed_code(self) -> str:
        mail = next(m for m in reversed(sent_mails(self._endpoint)) if EMAIL in m["to"])
        return re.findall(r"\b\d{6}\b", mail["text"])[0]


def sent_mails(endpoint: str) -> list[dict[str, Any]]:
    """Every mail that was sent, oldest first."""
    address = f"{endpoint}/_ministack/ses/messages"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 (our own emulator)
        accounts = json.load(answer)["messages"]
    return [
        {
            "to": ", ".join(mail["To"]),
            "subject": mail["Subject"],
            "text": mail["BodyText"] or "",
            "html": mail["BodyHtml"] or "",
            "at": mail["Timestamp"],
        }
        for mails in accounts.values()
        for mail in mails
    ]
