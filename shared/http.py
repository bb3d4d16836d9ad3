"""HTTP: one request, in one visible order.

1. read the gateway's event                     Call.of
2. choose the version, find the route           _choose, Table.find
3. verify the credentials, read the headers     without the database; faults are kept for later
4. first flush: count, admit, lock the key      gate.enter (refusals in the order 401 429 403 4xx);
   meanwhile read query and body                Inputs.complete
   or, for a known caller, together with 5      gate.foresee
5. run the route                                one statement, usually
6. last flush: events, stored answer, COMMIT    Session.close
7. publish the events, run what comes after     best effort, the relay sweeps the rest
8. answer, and write the one canonical line
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from shared import arrivals, gate, limits, old_names, outbox
from shared.answers import (
    Answer,
    gateway_response,
    refused,
    render,
    sunset,
    unsupported,
    version_headers,
)
from shared.clients import check_release, cross_origin, preflight
from shared.database import Database, database, run_unit
from shared.errors import Refusal
from shared.facts import Emissions, Origin
from shared.identity import Credentials, read_credentials
from shared.inputs import Inputs, read_inputs
from shared.observe import Stopwatch, canonical_line, cold_start, log_failure
from shared.request import Call, Outside, Request, going_outside
from shared.routing import OLD_PATHS, Route, Routes
from shared.session import Session, Unforeseen
from shared.table import Table
from shared.tracing import span, trace_id
from shared.versions import LATEST, Version, versions
from shared.work import after_commit

_VERSIONED = re.compile(r"/(v\d+)(/.*)?", re.ASCII | re.DOTALL)
DEADLINE = 25.0


class Api:
    """The HTTP side of a function."""

    def __init__(
        self, service: str, groups: Iterable[Routes], later: Mapping[str, str] | None = None
    ) -> None:
        self.service = service
        self.table = Table(groups, later)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """A gateway event in, a gateway response out; whatever happens, in the envelope."""
        return _Exchange(self, Call.of(event), context).run()


class _Exchange:
    """One request on its way through."""

    def __init__(self, api: Api, call: Call, context: Any) -> None:
        self.api = api
        self.call = call
        self.context = context
        self.watch = Stopwatch()
        self.version: Version = LATEST
        self.route: Route | None = None
        self.headers: dict[str, str] = {}
        self.database: Database | None = None
        self.caller_key: str | None = None
        self.tenant: str | None = None
        self.attempts = 0
        self.fetched: list[Any] = []

    def run(self) -> dict[str, Any]:
        with span(f"{self.api.service} {self.call.method}"):
            try:
                answer = self._answer()
            except Refusal as refusal:
                answer = refused(self.call, self.version, self.route, refusal)
            except Exception as error:
                log_failure(self.api.service, error, request_id=self.call.request_id)
                bug = Refusal("INTERNAL_ERROR")
                answer = refused(self.call, self.version, self.route, bug)
        headers = {
            "X-Request-Id": self.call.request_id,
            "X-Correlation-Id": self.call.request_id,
            **version_headers(self.call, self.version, self.route),
            **cross_origin(self.call),
            **self.headers,
        }
        self._log(answer)
        return gateway_response(self.call, answer, headers)

    def _answer(self) -> Answer:
        version, path = self._choose()
        table = self.api.table
        if self.call.method == "OPTIONS":
            return preflight(self.call, table.methods(version, path))
        self.route, parameters = table.find(version, self.call.method, path)
        check_release(self.call)
        credentials, inputs = self._read(self.route, parameters)
        if self.route.database is None:
            if inputs.fault:
                raise inputs.fault
            return self._without_database(self.route, inputs)
        return self._in_transaction(self.route, credentials, inputs)

    def _choose(self) -> tuple[str, str]:
        """The version ("" for none) and the path below it, an old one as it is.

        Errors: UNSUPPORTED_VERSION, VERSION_SUNSET, GONE."""
        path = self.call.path
        found = _VERSIONED.fullmatch(path)
        old = path.startswith(OLD_PATHS) and not self.api.table.methods("", path)
        if not found and not old:
            return "", path
        name = found[1] if found else old_names.wanted_version(self.call.headers)
        known = versions()
        if name not in known:
            raise unsupported()
        self.version = known[name]
        if self.version.is_sunset:
            raise sunset(self.version)
        if found:
            return name, found[2] or "/"
        old_names.refuse_dropped(path)
        return name, path

    def _read(self, route: Route, parameters: dict[str, Any]) -> tuple[Credentials | None, Inputs]:
        """Credentials and inputs, with the first fault among them in order of telling."""
        credentials, inputs, fault = None, Inputs(), None
        try:
            if route.access in ("user", "public"):
                credentials = read_credentials(self.call.headers)
            if route.access == "user" and credentials is None:
                raise Refusal("UNAUTHORIZED", headers={"WWW-Authenticate": "Bearer"})
        except Refusal as refusal:
            fault = refusal
        try:
            if self.call.path.startswith(OLD_PATHS):
                self.call, parameters = old_names.translated(
                    self.call, route, self.version, parameters
                )
            by = credentials.limit_key if credentials else ""
            put_off = route.database is not None and fault is None
            inputs = read_inputs(self.call, route, self.version, parameters, by, put_off=put_off)
        except Refusal as refusal:
            fault = fault or refusal
        inputs.fault = fault
        if credentials:
            self.caller_key = credentials.limit_key[:12]
        return credentials, inputs

    def _without_database(self, route: Route, inputs: Inputs) -> Answer:
        if route.limit == "auth":
            held = database("app")
            counted = limits.policies(route, None, self.call.address, inputs.account)
            self.headers |= run_unit(
                held,
                lambda _: gate.count_alone(counted, held),
                seconds_left=self._seconds_left,
                repeat_commit=True,
            )
        request = Request(
            self.call,
            route,
            self.version,
            Session(database("app")),
            Emissions(self._origin(None)),
            seconds_left=self._seconds_left,
        )
        result = route.handler(request, **inputs.arguments)
        return render(self.call, route, self.version, inputs, result)

    def _in_transaction(
        self, route: Route, credentials: Credentials | None, inputs: Inputs
    ) -> Answer:
        held = self.database = database(route.database or "app")
        self.session = Session(held)
        held.round_trips, held.seconds = 0, 0.0
        done: list[Request] = []

        def attempt(number: int) -> Answer:
            self.attempts = number + 1
            done.clear()
            number += len(self.fetched)
            try:
                if number == 0:
                    return self._attempt(held, route, credentials, inputs, done, foresees=True)
            except Unforeseen as told:
                self.attempts += 1
                self.headers.update(told.standing or {})
                number = int(told.standing is not None)
                held.rollback()
            return self._attempt(held, route, credentials, inputs, done, again=number > 0)

        repeatable = not route.writes or inputs.idempotency_key is not None
        left = self._seconds_left
        unit = partial(run_unit, held, attempt, seconds_left=left, repeat_commit=repeatable)
        try:
            answer = going_outside(unit, self.fetched)
        except Exception as failure:
            self.headers.update(getattr(failure, "headers", {}))
            self.session.leave()
            raise
        for request in done:
            self._after_commit(request)
        return answer

    def _attempt(
        self,
        held: Database,
        route: Route,
        credentials: Credentials | None,
        inputs: Inputs,
        done: list[Request],
        *,
        foresees: bool = False,
        again: bool = False,
    ) -> Answer:
        session = self.session = Session(
            held, commits_after=None if route.writes else route.statements
        )
        asked = self.call, route, credentials, inputs, session
        entered = gate.foresee(*asked) if foresees else None
        entered = entered or gate.enter(*asked, again=again)
        session.paging = inputs.paging
        self.headers.update(entered.headers)
        if entered.replay:
            session.close()
            return entered.replay
        emissions = Emissions(self._origin(entered))
        request = Request(
            self.call,
            route,
            self.version,
            session,
            emissions,
            caller=entered.caller,
            seconds_left=self._seconds_left,
            fetched=self.fetched,
        )
        if entered.provisioned:
            session.keep_open()
            arrivals.tell_arrival(request)
        try:
            result = route.handler(request, **inputs.arguments)
            answer = render(self.call, route, self.version, inputs, result)
        except (Refusal, Outside):
            if session.unbegun:  # said to somebody who has not been admitted yet
                raise Unforeseen from None
            self.headers.update(entered.headers)
            raise
        session.close(*outbox.insert(emissions.records), *gate.keep(route, inputs, answer))
        self.headers.update(entered.headers)
        done.append(request)
        return answer

    def _after_commit(self, request: Request) -> None:
        held = self.database
        if held is None:
            return
        trips = held.round_trips
        records, actions = request.emissions.records, request.take_afterwards()
        after_commit(self.api.service, held, records, actions, request_id=self.call.request_id)
        held.round_trips = trips

    def _origin(self, entered: gate.Entered | None) -> Origin:
        caller = entered.caller if entered else None
        self.tenant = str(caller.user_id) if caller else None
        actor_type, actor_id = "system", self.api.service
        if caller:
            actor_type = "api_key" if caller.api_key_id else "user"
            actor_id = str(caller.api_key_id or caller.user_id)
        elif self.route and self.route.access == "webhook":
            actor_type = "provider"
        return Origin(
            source=f"campus.{self.api.service}",
            correlation_id=self.call.request_id,
            actor_type=actor_type,
            actor_id=actor_id,
            user_id=caller.user_id if caller else None,
            request_id=self.call.request_id,
            trace_id=trace_id(),
            api_version=self.version.name,
        )

    def _seconds_left(self) -> float:
        remaining = self.context.get_remaining_time_in_millis() / 1000 - 1 if self.context else 30.0
        return min(remaining, DEADLINE - self.watch.milliseconds / 1000)

    def _log(self, answer: Answer) -> None:
        milliseconds, held = self.watch.milliseconds, self.database
        fields: dict[str, Any] = {
            "request_id": self.call.request_id,
            "correlation_id": self.call.request_id,
            "gateway_request_id": self.call.gateway_id,
            "function_request_id": getattr(self.context, "aws_request_id", None),
            "xray_trace_id": trace_id(),
            "method": self.call.method,
            "route": self.route.path if self.route else None,
            "version": self.version.name,
            "status": answer.status,
            "status_class": f"{answer.status // 100}xx",
            "error_code": answer.error_code,
            "caller": self.caller_key,
            "tenant": self.tenant,
            "cold_start": cold_start(),
            "db_ms": round(held.seconds * 1000, 3) if held else None,
            "db_round_trips": held.round_trips if held else None,
            "db_round_trips_declared": self.route.round_trips if self.route else None,
            "attempts": self.attempts or None,
            "level": "ERROR" if answer.status >= 500 else "INFO",
        }
        metrics = {
            "http_requests_total": (1.0, "Count"),
            "http_request_duration_seconds": (milliseconds / 1000, "Seconds"),
        }
        canonical_line(self.api.service, "request", fields, metrics)
