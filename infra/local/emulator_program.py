"""The AWS emulator with what a development stack needs on top; run by the emulator's own Python.

ministack writes its state on shutdown only, mails the same code to everybody and fires no trigger
after a confirmation. Here changes of the user pool and mails are on disk before they are
answered, codes are random, a confirmed sign-up calls the function that the pool names, and a
message wakes whoever waits for it.
The process ends when its standard input does: whoever started it is gone then, however it went.
"""

import asyncio
import importlib
import json
import os
import secrets
import sys
import threading
import types
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

MAILS_KEPT = 1000
_READS = ("Get", "List", "Describe", "AdminGet", "AdminList")
_STATE = Path(os.environ["STATE_DIR"])


class Journal:
    """Writes state in the background, many waiting changes with one write."""

    def __init__(self, write: Any) -> None:
        self._write = write
        self._changed = threading.Condition()
        self._wanted = 0
        self._done = 0
        threading.Thread(target=self._run, name="journal", daemon=True).start()

    def note(self) -> int:
        """Ask for a write; returns a ticket to wait for."""
        with self._changed:
            self._wanted += 1
            self._changed.notify_all()
            return self._wanted

    def wait(self, ticket: int) -> None:
        """Return when everything up to the ticket is on disk."""
        with self._changed:
            self._changed.wait_for(lambda: self._done >= ticket)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted > self._done)
                target = self._wanted
            self._write_until_unchanged()
            with self._changed:
                self._done = target
                self._changed.notify_all()

    def _write_until_unchanged(self) -> None:
        while True:
            try:
                return self._write()
            except RuntimeError:  # a dictionary grew while it was copied
                continue


def keep_user_pool(cognito: Any, persistence: Any) -> None:
    """Every change of the user pool is on disk before its caller hears of it."""
    journal = Journal(lambda: persistence.save_state("cognito", cognito.get_state()))
    run = cognito._run_idp_handler

    def run_and_keep(handler: Any, action: str, data: Any) -> Any:
        answer = run(handler, action, data)
        if action == "InitiateAuth":
            journal.note()
        elif not action.startswith(_READS):
            journal.wait(journal.note())
        return answer

    cognito._run_idp_handler = run_and_keep


def randomize_codes(cognito: Any) -> None:
    """A fresh random code in every verification mail, instead of one that everybody knows."""
    send = cognito._send_verification_email

    def send_random(
        pool: Any, username: Any, attributes: Any, code: str, attribute_name: str = "email"
    ) -> Any:
        user, _ = cognito._resolve_user(pool, username)
        field = "_reset_code" if attribute_name == "password" else "_confirmation_code"
        if user and user.get(field) == code:
            code = user[field] = f"{secrets.randbelow(10**6):06d}"
        return send(pool, username, attributes, code, attribute_name)

    cognito._send_verification_email = send_random


def fire_confirmation_trigger(cognito: Any, responses: Any) -> None:
    """Call the pool's PostConfirmation function; when it fails, so does the confirmation."""
    run = cognito._run_idp_handler

    def run_and_fire(handler: Any, action: str, data: Any) -> Any:
        answer = run(handler, action, data)
        if action == "ConfirmSignUp" and answer[0] == 200:
            pool, _ = cognito._pool_for_client(data.get("ClientId"))
            function = pool.get("LambdaConfig", {}).get("PostConfirmation")
            if function and not _invoke(function, _confirmation(cognito, pool, data)):
                return responses.error_response_json(
                    "UserLambdaValidationException", "PostConfirmation failed.", 400
                )
        return answer

    cognito._run_idp_handler = run_and_fire


def _confirmation(cognito: Any, pool: Any, data: Any) -> dict[str, Any]:
    user, _ = cognito._resolve_user(pool, data["Username"])
    attributes = cognito._attr_list_to_dict(user["Attributes"])
    attributes["email_verified"] = "true"
    user["Attributes"] = cognito._dict_to_attr_list(attributes)
    return {
        "version": "1",
        "region": cognito._pool_region(pool["Id"]),
        "userPoolId": pool["Id"],
        "userName": user["Username"],
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown", "clientId": data["ClientId"]},
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": {
            "userAttributes": {**attributes, "cognito:user_status": "CONFIRMED"},
            "clientMetadata": data.get("ClientMetadata") or {},
        },
        "response": {},
    }


def _invoke(arn: str, event: dict[str, Any]) -> bool:
    request = urllib.request.Request(  # noqa: S310 (an address from our own stack)
        os.environ["CAMPUS_INVOKE_URL"] + arn.rsplit(":", 1)[1],
        data=json.dumps(event).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            return True
    except (urllib.error.URLError, TimeoutError):
        return False


class MailFile:
    """The sent mails in a file, a line each. `mails` is the emulator's own, growing list."""

    def __init__(self, file: Path, mails: list[Any]) -> None:
        self._file = file
        self._mails = mails
        self._lock = threading.Lock()
        if file.exists():
            mails.extend(_whole_lines(file)[-MAILS_KEPT:])
        scratch = file.with_suffix(".new")
        scratch.write_text("".join(map(_line, mails)))
        os.replace(scratch, file)
        self._kept = len(mails)

    def append_new(self) -> None:
        """Write what the list has gained."""
        with self._lock, self._file.open("a") as out:
            for mail in self._mails[self._kept :]:
                out.write(_line(mail))
                self._kept += 1


def _line(mail: Any) -> str:
    return json.dumps(mail, default=str) + "\n"


def _whole_lines(file: Path) -> list[Any]:
    """What the lines hold; a kill may have cut the last one."""
    lines = file.read_text().split("\n")
    return [json.loads(line) for line in lines[:-1]]


def keep_mails(ses: Any, ses_v2: Any, cognito: Any) -> None:
    """Each mail is in a file before its sender hears of it, and is back after the next start."""
    kept = MailFile(_STATE / "mails.jsonl", ses._sent_emails_list())

    def keeping(handle: Any) -> Any:
        async def handle_and_keep(*arguments: Any) -> Any:
            answer = await handle(*arguments)
            kept.append_new()
            return answer

        return handle_and_keep

    deliver = cognito._deliver_cognito_email

    def deliver_and_keep(*arguments: Any, **named: Any) -> Any:
        answer = deliver(*arguments, **named)
        kept.append_new()
        return answer

    ses.handle_request = keeping(ses.handle_request)
    ses_v2.handle_request = keeping(ses_v2.handle_request)
    cognito._deliver_cognito_email = deliver_and_keep


def wake_receivers(sqs: Any, arrivals: threading.Event) -> None:
    """A long poll returns when a message arrives, not at its next look every tenth of a second.

    `arrivals` is what the emulator sets whenever something was put into a queue.
    """
    waiting: set[asyncio.Future[None]] = set()
    note_arrival = arrivals.set

    async def wait(seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        waiting.add(future)
        await asyncio.wait((future,), timeout=seconds)
        waiting.discard(future)

    def wake() -> None:
        note_arrival()
        for future in list(waiting):
            future.get_loop().call_soon_threadsafe(_finish, future)

    arrivals.set = wake
    sqs.asyncio = types.SimpleNamespace(sleep=wait, iscoroutine=asyncio.iscoroutine)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def end_with_parent() -> None:
    """End at once when standard input closes: everything that counts is on disk."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main() -> None:
    """Start the emulator; its settings are environment variables (see emulator.py)."""
    end_with_parent()
    _STATE.mkdir(parents=True, exist_ok=True)
    app = importlib.import_module("ministack.app")
    cognito = importlib.import_module("ministack.services.cognito")
    ses = importlib.import_module("ministack.services.ses")
    sqs = importlib.import_module("ministack.services.sqs")
    persistence = importlib.import_module("ministack.core.persistence")
    wake_receivers(sqs, importlib.import_module("ministack.core.concurrency").esm_wake)
    keep_mails(ses, importlib.import_module("ministack.services.ses_v2"), cognito)
    randomize_codes(cognito)
    fire_confirmation_trigger(cognito, importlib.import_module("ministack.core.responses"))
    keep_user_pool(cognito, persistence)
    # Queues and rules are made anew from template.yaml and the outbox: only people are kept.
    app._state_map.clear()
    app._state_map["cognito"] = "cognito"
    app.main()


if __name__ == "__main__":
    main()
