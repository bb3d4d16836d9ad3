"""What template.yaml declares for each function: handler, routes, queues and schedules."""

import json
from dataclasses import dataclass
from typing import Any

from infra.local.template import ACCOUNT, Template


@dataclass(frozen=True)
class Route:
    """One route of the gateway: `$default`, or a method and a path with variables."""

    method: str
    path: str

    @property
    def key(self) -> str:
        """The route's name as events carry it, such as `ANY /{version}/tasks`."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Schedule:
    """A clock event: `expression` is rate(...) or cron(...), `payload` what the function gets."""

    name: str
    expression: str
    timezone: str
    payload: Any


@dataclass(frozen=True)
class EventSource:
    """A queue that the function reads, by the logical id of the queue."""

    queue: str
    batch_size: int


@dataclass(frozen=True)
class Function:
    """A Lambda function; `domain` is its folder under functions/."""

    domain: str
    name: str
    arn: str
    handler: str
    timeout: float
    memory: int
    environment: dict[str, str]
    routes: tuple[Route, ...]
    schedules: tuple[Schedule, ...]
    sources: tuple[EventSource, ...]


def name_functions(template: Template, region: str) -> None:
    """Make names and ARNs of functions known to the template before anything refers to them."""
    for logical_id, properties in template.of_type("AWS::Serverless::Function").items():
        name = template.resolve(properties["FunctionName"])
        template.values[logical_id] = name
        template.values[f"{logical_id}.Arn"] = f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"


def read_functions(template: Template) -> list[Function]:
    """Every function of the template; resources they refer to must be known by now."""
    shared = template.shared_properties("Function")
    return [
        _function(template, logical_id, {**shared, **own}, own)
        for logical_id, own in template.of_type("AWS::Serverless::Function").items()
    ]


def _function(
    template: Template, logical_id: str, merged: dict[str, Any], own: dict[str, Any]
) -> Function:
    events = own.get("Events", {}).values()
    return Function(
        domain=merged["Handler"].split(".")[1],
        name=template.values[logical_id],
        arn=template.values[f"{logical_id}.Arn"],
        handler=merged["Handler"],
        timeout=float(merged["Timeout"]),
        memory=int(merged["MemorySize"]),
        environment=_environment(template, own),
        routes=tuple(_route(event) for event in events if event["Type"] == "HttpApi"),
        schedules=tuple(
            _schedule(template, event) for event in events if event["Type"] == "ScheduleV2"
        ),
        sources=_sources(template, logical_id),
    )


def _environment(template: Template, own: dict[str, Any]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for properties in (template.shared_properties("Function"), own):
        variables |= properties.get("Environment", {}).get("Variables", {})
    return {name: str(value) for name, value in template.resolve(variables).items()}


def _route(event: dict[str, Any]) -> Route:
    properties = event.get("Properties")
    if not properties:
        return Route("ANY", "$default")
    return Route(properties["Method"].upper(), properties["Path"])


def _schedule(template: Template, event: dict[str, Any]) -> Schedule:
    properties = event["Properties"]
    payload = json.loads(template.resolve(properties["Input"]))
    return Schedule(
        name=payload["schedule"],
        expression=template.resolve(properties["ScheduleExpression"]),
        timezone=template.resolve(properties.get("ScheduleExpressionTimezone", "UTC")),
        payload=payload,
    )


def _sources(template: Template, function: str) -> tuple[EventSource, ...]:
    mappings = template.of_type("AWS::Lambda::EventSourceMapping").values()
    return tuple(
        EventSource(mapping["EventSourceArn"]["Fn::GetAtt"][0], int(mapping["BatchSize"]))
        for mapping in mappings
        if mapping["FunctionName"] == {"Ref": function}
    )
