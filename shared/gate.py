"""The gate: the first flush of a request, and everything that it may refuse.

    write   [BEGIN; count; COMMIT; BEGIN; admit; lock; stored answer]
    read    [BEGIN; count; admit]

For a caller who was admitted here before, the route's first statement goes with these commands.

Counting commits whatever becomes of the request: a write's before its transaction, a read's with it
or, when it is refused, after it (`Session.stays`). Admission resolves the credentials to the
caller and sets the tenant settings of the transaction. An idempotency key is a lock until the
transaction of its effect ends, and then a row with the answer: a concurrent twin waits here for the
first one's commit and finds it.
"""

from dataclasses import dataclass, field
from typing import Any

from shared import arrivals, limits
from shared.answers import Answer
from shared.database import Command, Database, Result
from shared.errors import Refusal
from shared.identity import Credentials
from shared.ids import uuid7
from shared.inputs import Inputs
from shared.permission import permit
from shared.request import Call, Caller
from shared.routing import Route
from shared.sealing import seal, unseal
from shared.session import Session, Unforeseen

_BEGIN: Command = ("begin", None)
_COMMIT: Command = ("commit", None)
_ADMIT = "select * from admit(%(issuer)s, %(subject)s, %(key_hash)s)"
_LOCK = """select pg_advisory_xact_lock(
    hashtextextended(%(name)s || current_setting('app.user_id', true), 0))"""
_STORED = "select * from stored_answer(%(key)s)"
_KEEP = """insert into idempotency_key
       (user_id, key, request_hash, status, headers, body, expires_at)
select caller.id, %(key)s, %(hash)s, %(status)s, %(headers)s::jsonb, %(body)s,
       now() + interval '24 hours'
  from (select nullif(current_setting('app.user_id', true), '')::uuid as id) as caller
 where caller.id is not null"""
_PROVISION = """select * from provision_user(%(id)s, %(issuer)s, %(subject)s, %(email)s,
                                             %(first_name)s, %(last_name)s)"""
_VIOLATION = "select record_violation(%(key)s)"


_MOST_ADMITTED = 1000
_admitted: dict[str, Caller] = {}
"""Whom this environment has admitted, by their credentials' pseudonyms."""


@dataclass(slots=True, eq=False, repr=False)
class Entered:
    """What the gate found: the caller, headers for the answer, a stored answer to replay."""

    caller: Caller | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    replay: Answer | None = None
    provisioned: bool = False


def enter(
    call: Call,
    route: Route,
    credentials: Credentials | None,
    inputs: Inputs,
    session: Session,
    *,
    again: bool,
) -> Entered:
    """Open the transaction and admit the request, or refuse it: 401, 429, 403, then what is wrong
    with its inputs, the rest of which is read while the server works."""
    if inputs.fault and inputs.fault.status in (401, 503):
        _count_refused(call, session)
        raise inputs.fault
    counted = [] if again and route.writes else _counted(call, route, credentials, inputs)
    opening = _opening(route, credentials, inputs, counted)
    answers = session.database.begin(*opening.values(), meanwhile=inputs.complete)
    results = dict(zip(opening, answers, strict=True))
    entered = Entered(caller=_caller(results.get("admit")))
    _judge(route, session, counted, results.get("count"), entered)
    if counted and not route.writes:
        session.stays.append(limits.count_command(counted))
    if credentials and entered.caller is None:
        results = _arrive(call, route, credentials, inputs, session, entered)
    session.open = True
    if entered.caller:
        if credentials:
            _remember(credentials, entered.caller)
        permit(call, route, credentials, entered.caller, session)
        session.parameters["user_id"] = entered.caller.user_id
    session.parameters["if_match"] = inputs.if_match
    if inputs.fault:
        raise inputs.fault
    entered.replay = _replay(route, inputs, results.get("stored"))
    return entered


def foresee(
    call: Call,
    route: Route,
    credentials: Credentials | None,
    inputs: Inputs,
    session: Session,
) -> Entered | None:
    """Let a route begin before it is admitted, for a caller whom this environment has admitted
    before: the gate's commands go with the route's first statement, in one round trip.

    Nothing that the route finds is used, and nothing that it writes is committed, unless admission
    then says what it said the last time and no answer is stored for the key. None: there is nothing
    to foresee, and the request has to `enter`.
    """
    caller = None if route.critical else _admitted.get(_name(credentials))
    if caller is None:
        return None
    inputs.complete()
    if inputs.fault:
        return None
    counted = _counted(call, route, credentials, inputs)
    opening = _opening(route, credentials, inputs, counted)
    entered = Entered(caller)
    try:
        permit(call, route, credentials, caller, session)
    except Refusal:
        return None

    def admitted(answers: list[Result]) -> None:
        results = dict(zip(opening, answers, strict=True))
        entered.caller = _caller(results["admit"])
        _judge(route, session, counted, results.get("count"), entered)
        if entered.caller != caller:
            _admitted.pop(_name(credentials), None)
            raise Unforeseen(entered.headers)
        if "stored" in results and results["stored"].rows:
            raise Unforeseen(entered.headers)
        if counted and session.open and not route.writes:
            session.stays.append(limits.count_command(counted))

    session.begin_with(list(opening.values()), admitted)
    session.parameters["user_id"] = caller.user_id
    session.parameters["if_match"] = inputs.if_match
    return entered


def _name(credentials: Credentials | None) -> str:
    return credentials.limit_key if credentials else ""


def _remember(credentials: Credentials, caller: Caller) -> None:
    if len(_admitted) >= _MOST_ADMITTED:
        _admitted.clear()
    _admitted[_name(credentials)] = caller


def _counted(
    call: Call, route: Route, credentials: Credentials | None, inputs: Inputs
) -> list[limits.Policy]:
    body = inputs.arguments.get(route.body[0]) if route.body else None
    cost = route.cost(body) if route.cost and body else 1
    return limits.policies(route, credentials, call.address, inputs.account, cost)


def _opening(
    route: Route, credentials: Credentials | None, inputs: Inputs, counted: list[limits.Policy]
) -> dict[str, Command]:
    commands: dict[str, Command] = {"begin": _BEGIN}
    if counted:
        commands["count"] = limits.count_command(counted)
        if route.writes:
            commands |= {"commit": _COMMIT, "begin again": _BEGIN}
    if credentials:
        commands |= _admission(route, credentials, inputs)
    return commands


def _admission(route: Route, credentials: Credentials, inputs: Inputs) -> dict[str, Command]:
    commands: dict[str, Command] = {
        "admit": (
            _ADMIT,
            {
                "issuer": credentials.issuer,
                "subject": credentials.subject,
                "key_hash": credentials.key_hash,
            },
        ),
    }
    if route.exclusive:
        commands["lock"] = (_LOCK, {"name": route.exclusive})
    if inputs.idempotency_key:
        commands["stored"] = (_STORED, {"key": inputs.idempotency_key})
    return commands


def _caller(result: Result | None) -> Caller | None:
    if result is None or not result.rows:
        return None
    row = dict(zip(result.columns, result.rows[0], strict=True))
    return Caller(
        user_id=row["user_id"],
        role=row["role"],
        account_status=row["account_status"],
        tier=row["tier"],
        timezone=row["timezone"],
        api_key_id=row["api_key_id"],
        scopes=tuple(row["scopes"] or ()),
        organization_ids=tuple(row["organization_ids"]),
        suspended_until=row["suspended_until"],
    )


def _judge(
    route: Route,
    session: Session,
    counted: list[limits.Policy],
    result: Result | None,
    entered: Entered,
) -> None:
    if result is None:
        return
    caller = entered.caller
    tier = "api_key" if caller and caller.api_key_id else caller.tier if caller else "free"
    standing, violated = limits.judge(counted, result.rows, tier)  # pyright: ignore[reportArgumentType]
    if standing:
        entered.headers = standing.headers()
    if standing and violated:
        ending: Command = ("rollback", None) if route.writes else _COMMIT
        told = [(_VIOLATION, {"key": violated.key})] if violated.penalized else []
        session.database.flush(ending, *told)
        raise limits.too_many(standing)


def _count_refused(call: Call, session: Session) -> None:
    count_alone(limits.refused_credentials(call.address), session.database)


def count_alone(counted: list[limits.Policy], held: Database) -> dict[str, str]:
    """Count a request that has no transaction: its standing as headers, or the refusal."""
    _, result, _ = held.begin(_BEGIN, limits.count_command(counted), _COMMIT)
    standing, violated = limits.judge(counted, result.rows, "free")  # pyright: ignore[reportArgumentType]
    if standing and violated:
        raise limits.too_many(standing)
    return standing.headers() if standing else {}


def _arrive(
    call: Call,
    route: Route,
    credentials: Credentials,
    inputs: Inputs,
    session: Session,
    entered: Entered,
) -> dict[str, Result]:
    """A subject without an account yet: create it, as the pool's trigger would have."""
    session.database.rollback()
    if credentials.key_hash:
        session.stays.clear()
        _count_refused(call, session)
        raise Refusal("INVALID_TOKEN")
    person = arrivals.pool_profile(credentials.token)
    parameters = {"id": uuid7(), "issuer": credentials.issuer, **person}
    commands = {
        "begin": _BEGIN,
        "provision": (_PROVISION, parameters),
        **_admission(route, credentials, inputs),
    }
    results = dict(zip(commands, session.database.begin(*commands.values()), strict=True))
    entered.provisioned = bool(results["provision"].rows[0][1])
    entered.caller = _caller(results["admit"])
    return results


def _replay(route: Route, inputs: Inputs, result: Result | None) -> Answer | None:
    if result is None or not result.rows:
        return None
    request_hash, status, headers, body = result.rows[0]
    if bytes(request_hash) != inputs.request_hash:
        raise Refusal("IDEMPOTENCY_KEY_REUSED")
    content = bytes(body)
    if route.secret_answer:
        content = unseal(content, "idempotency_key.body")
    replayed: dict[str, Any] = {"Idempotency-Replayed": "true", "X-Idempotency-Cached": "true"}
    return Answer(status, content, {**headers, **replayed})


def keep(route: Route, inputs: Inputs, answer: Answer) -> list[Command]:
    """The command that stores an answer for replays, for the closing flush. What is refused never
    comes here."""
    if not inputs.idempotency_key:
        return []
    body = answer.body
    if route.secret_answer:
        body = seal(body, "idempotency_key.body")
    return [
        (
            _KEEP,
            {
                "status": answer.status,
                "headers": answer.headers,
                "body": body,
                "key": inputs.idempotency_key,
                "hash": inputs.request_hash,
            },
        )
    ]


def prepare(held: Database) -> None:
    """Let a new connection meet, in INIT, the statements that every request begins with: the server
    reads its catalogue and compiles them now, and not while somebody waits."""
    nobody = {"issuer": "", "subject": "", "key_hash": None}
    held.begin(_BEGIN, limits.count_command([]), (_ADMIT, nobody), _COMMIT)
