"""template.yaml says what the code says, and keeps the promises that no linter checks."""

import importlib
import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from infra.local.emulator import REGION
from infra.local.functions import Function, name_functions, read_functions
from infra.local.gateway import Router
from infra.local.options import ROOT
from infra.local.parts import TEMPLATE as TEMPLATE_FILE
from infra.local.parts import read_template
from infra.local.template import load
from shared import tracing
from shared.routing import OLD_PATHS
from tests.proofs.routes import every_route, path_of


class AnyValue(dict[str, str]):
    """Resolves whatever the template asks for, to a text that names it."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"<{name}>"


TEMPLATE = read_template(AnyValue())
FUNCTIONS = read_functions(TEMPLATE)
QUEUES = TEMPLATE.of_type("AWS::SQS::Queue")
MAPPINGS = TEMPLATE.of_type("AWS::Lambda::EventSourceMapping")
RULES = TEMPLATE.of_type("AWS::Events::Rule")
# Objects are made by functions: below one name in a bucket that is made here, all may be meant.
OBJECTS = re.compile(r"\$\{\w+Bucket\.Arn\}/[a-z-]+/\*")
FOURTEEN_DAYS = 14 * 24 * 3600


def named(function: Function) -> str:
    return function.domain


def subscribers_of(domain: str) -> Any:
    """The domain's reactions; None when it has no handler."""
    if not (ROOT / "functions" / domain / "handler.py").exists():
        return None
    return importlib.import_module(f"functions.{domain}.handler").handle.queue.subscribers


@pytest.mark.parametrize("function", FUNCTIONS, ids=named)
def test_every_handler_exists(function: Function) -> None:
    module, _, name = function.handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_every_domain_has_a_function() -> None:
    from tests.campus import DOMAINS

    assert sorted(function.domain for function in FUNCTIONS) == DOMAINS


@pytest.mark.parametrize("function", FUNCTIONS, ids=named)
def test_a_rule_lets_through_what_the_function_subscribes_to(function: Function) -> None:
    subscribers = subscribers_of(function.domain)
    wanted = subscribers.types() if subscribers else []
    title = function.domain.capitalize()
    lines = "".join(f"          - {event_type}\n" for event_type in wanted)
    rule = RULES.get(f"{title}Rule")
    declared = rule["EventPattern"]["detail-type"] if rule else []
    text = f"        detail-type:\n{lines}" if rule else new_consumer(title, lines)
    assert declared == wanted, f"template.yaml, {title}Rule:\n{text}"


def new_consumer(title: str, types: str) -> str:
    """Rule, queues, policy and event source of a function that begins to consume: a copy."""
    text = TEMPLATE_FILE.read_text()
    example = re.search(r"  (\w+)Rule:\n.*?\n  \1EventSource:\n.*?\n\n", text, re.DOTALL)
    assert example
    named_anew = example.group().replace(example.group(1), title)
    lower = named_anew.replace(f"-{example.group(1).lower()}", f"-{title.lower()}")
    lines = re.sub(r"(?<=detail-type:\n)(          - .*\n)+", types, lower)
    return lines.replace(f"Id: {example.group(1).lower()}", f"Id: {title.lower()}") + (
        f"  and in the policies of {title}Function:\n"
        f"        - SQSPollerPolicy:\n"
        f"            QueueName: !GetAtt {title}Queue.QueueName\n"
        f"  and {title}Rule.Arn in UndeliveredQueuePolicy"
    )


@pytest.mark.parametrize("function", FUNCTIONS, ids=named)
def test_the_clock_runs_what_the_function_schedules(function: Function) -> None:
    subscribers = subscribers_of(function.domain)
    wanted = subscribers.schedules() if subscribers else {}
    declared = {schedule.name: schedule.expression for schedule in function.schedules}
    lines = "\n".join(
        f"        {name.title().replace('_', '')}:\n"
        f"          Type: ScheduleV2\n"
        f"          Properties:\n"
        f"            Name: !Sub campus-${{Stage}}-{function.domain}-{name.replace('_', '-')}\n"
        f"            ScheduleExpression: {expression}\n"
        f'            Input: \'{{"schedule": "{name}"}}\'\n'
        f"            DeadLetterConfig: {{Arn: !GetAtt UndeliveredQueue.Arn}}\n"
        f"            RetryPolicy: {{MaximumRetryAttempts: 3}}"
        for name, expression in wanted.items()
    )
    where = f"template.yaml, {function.domain.capitalize()}Function, Events:"
    assert declared == wanted, f"{where}\n{lines}"


def test_the_gateway_sends_every_route_to_its_own_domain() -> None:
    router = Router(FUNCTIONS)
    lost: list[str] = []
    for domain, version, route in every_route():
        path = path_of(version, route)
        match = router.match(route.method, path)
        if match is None or match.function.domain != domain:
            prefix = "/{version}" * bool(version) + "/" + route.path.split("/")[1]
            lost.append(f"{domain}: ANY {prefix} and ANY {prefix}/{{proxy+}} ({path})")
    assert not lost, "template.yaml, Events of the function:\n" + "\n".join(lost)


@pytest.mark.parametrize("function", FUNCTIONS, ids=named)
def test_the_gateway_knows_the_old_names_of_each_function(function: Function) -> None:
    handler = importlib.import_module(f"functions.{function.domain}.handler").handle
    routes = handler.api.table.routes if handler.api else []
    names = [old.name for route in routes for old in route.old]
    wanted = old_paths(names, function.domain)
    declared = [route.path for route in function.routes if route.path.startswith(OLD_PATHS)]
    lines = "".join(event_of(path) for path in wanted)
    where = f"template.yaml, {function.domain.capitalize()}Function, Events:"
    assert sorted(declared) == wanted, f"{where}\n{lines}"


def old_paths(names: Iterable[str], domain: str) -> list[str]:
    """The gateway's paths for names: `tasks/assignments` and its like share a greedy one."""
    found: set[str] = set()
    for name in names:
        first, *rest = name.split("/")
        if SHARED.get(first, domain) != domain:
            first, rest = f"{first}/{rest[0]}", rest[1:]
        found.add(OLD_PATHS + first + "/{proxy+}" * bool(rest))
    return sorted(found)


# One function of the predecessor for everything, and who takes of it what nobody else does.
SHARED = {"api-v2": "tasks"}


def event_of(path: str) -> str:
    """An event of the template for an old path."""
    name = path.removeprefix(OLD_PATHS).replace("/{proxy+}", "-below").replace("/", "-")
    name = name.title().replace("-", "")
    shown = f'"{path}"' if "{" in path else path
    where = f"{{Path: {shown}, Method: ANY}}"
    return (
        f"        Old{name}:\n          Type: HttpApi\n          Properties: {where}\n"
        if len(where) > 60
        else f"        Old{name}:\n          {{Type: HttpApi, Properties: {where}}}\n"
    )


def test_the_gateway_has_room_for_more_routes() -> None:
    """An HTTP API has 300, and a function's resource policy (20 KB) about 50 permissions."""
    assert sum(len(function.routes) for function in FUNCTIONS) < 200
    assert max(len(function.routes) for function in FUNCTIONS) <= 40


@pytest.mark.parametrize("function", FUNCTIONS, ids=named)
def test_a_functions_name_is_that_of_its_domain(function: Function) -> None:
    assert function.name == f"campus-local-{function.domain}"
    assert function.arn.startswith(f"arn:aws:lambda:{REGION}:")


@pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=list(MAPPINGS))
def test_a_queue_waits_six_timeouts_and_gives_up_after_five_deliveries(
    mapping: dict[str, Any],
) -> None:
    queue = QUEUES[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
    consumer = next(f for f in FUNCTIONS if f.sources and mapping_of(f) is mapping)
    assert queue["VisibilityTimeout"] == 6 * consumer.timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    dead = QUEUES[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
    assert dead["MessageRetentionPeriod"] == FOURTEEN_DAYS
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def mapping_of(function: Function) -> dict[str, Any] | None:
    wanted = function.sources[0].queue
    return next(
        (m for m in MAPPINGS.values() if m["EventSourceArn"] == {"Fn::GetAtt": [wanted, "Arn"]}),
        None,
    )


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_cannot_deliver_is_kept(name: str) -> None:
    for target in RULES[name]["Targets"]:
        kept = QUEUES[target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]]
        assert kept["MessageRetentionPeriod"] == FOURTEEN_DAYS
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86400


def test_every_queue_that_a_rule_feeds_lets_only_that_rule_in() -> None:
    policies = TEMPLATE.of_type("AWS::SQS::QueuePolicy").values()
    statements = {
        policy["Queues"][0]["Ref"]: policy["PolicyDocument"]["Statement"] for policy in policies
    }
    for name, rule in RULES.items():
        queue = rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]
        (statement,) = statements[queue]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Condition"] == {
            "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [name, "Arn"]}}
        }
        (kept,) = statements["UndeliveredQueue"]
        sources = kept["Condition"]["ArnEquals"]["aws:SourceArn"]
        assert {"Fn::GetAtt": [name, "Arn"]} in sources


def test_operators_see_the_queues_of_every_consumer() -> None:
    environment = {name: f.environment for f in FUNCTIONS for name in f.environment}
    consumers = {f.domain: f.sources[0].queue for f in FUNCTIONS if f.sources}
    for_admin = json.loads(environment["DEAD_LETTER_QUEUES"]["DEAD_LETTER_QUEUES"])
    assert for_admin == {
        domain: {
            "queue": f"<{queue}>",
            "deadLetters": f"<{queue.replace('Queue', 'DeadLetterQueue')}>",
        }
        for domain, queue in consumers.items()
    }
    for_health = environment["QUEUE_URLS"]
    assert set(for_health["QUEUE_URLS"].split(",")) == {
        f"<{queue}>" for queue in consumers.values()
    }
    dead = {urls["deadLetters"] for urls in for_admin.values()} | {"<UndeliveredQueue>"}
    assert set(for_health["DEAD_LETTER_QUEUE_URLS"].split(",")) == dead


def test_every_queue_is_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] is True for queue in QUEUES.values())


def test_no_permission_has_a_wildcard() -> None:
    found: list[str] = []

    def walk(where: str, node: Any) -> None:
        if isinstance(node, dict):
            if node.get("Effect") == "Allow":
                texts = re.findall(r"'([^']*\*[^']*)'", str(node))
                wide = [text for text in texts if not OBJECTS.fullmatch(text)]
                found.extend(f"{where}: {text}" for text in wide)
            for key, value in node.items():
                walk(f"{where}.{key}", value)
        elif isinstance(node, list):
            for value in node:
                walk(where, value)

    for name, resource in TEMPLATE.resources.items():
        walk(name, resource)
    assert not found


def test_no_function_shares_a_role_and_none_is_an_administrator() -> None:
    for name, properties in TEMPLATE.of_type("AWS::Serverless::Function").items():
        assert "Role" not in properties, name
        assert "arn:aws:iam::aws:policy" not in str(properties["Policies"]), name


@pytest.mark.parametrize(("mode", "traced"), [("PassThrough", []), ("Active", FUNCTIONS)])
def test_functions_make_spans_where_lambda_traces(
    mode: str, traced: list[Function], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One parameter is for both: Lambda's own segment, and what functions add below it."""
    template = load(TEMPLATE_FILE, {"Tracing": mode}, REGION, AnyValue())
    name_functions(template, REGION)
    assert template.resolve(template.shared_properties("Function")["Tracing"]) == mode
    opened: list[str] = []
    monkeypatch.setattr(tracing, "_send", lambda document: opened.append(document["name"]))
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5e1b4151-43799913a12345678;Sampled=1")
    for function in read_functions(template):
        monkeypatch.setenv("CAMPUS_TRACING", function.environment["CAMPUS_TRACING"])
        with tracing.span(function.domain):
            pass
    assert opened == [function.domain for function in traced]


def test_no_secret_is_written_down() -> None:
    for name, properties in TEMPLATE.of_type("AWS::SecretsManager::Secret").items():
        text = properties.get("SecretString", "")
        assert "GenerateSecretString" in properties or text == "[]" or "Fn::GetAtt" in text, name
