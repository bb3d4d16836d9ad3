"""What neither cfn-lint nor checkov find, looked for in the template as written and as translated.

Each rule is tried on a template into which its fault was put.
"""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from infra.build.artifacts import ROOT
from infra.local.template import load
from tests.infra.test_template import OBJECTS

Resources = dict[str, Any]
# All that SAM adds to a role: its logs, its network interfaces, its traces.
MANAGED = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
}


def written() -> Resources:
    return dict(load(ROOT / "template.yaml", {}, "eu-central-1").resources)


@cache
def translated_text() -> str:
    python, program = ROOT / ".tools" / "sam" / "bin" / "python", "infra/build/translate.py"
    command = [str(python), program, "template.yaml"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def translated() -> Resources:
    return json.loads(translated_text())["Resources"]


def mappings(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from mappings(value)
    elif isinstance(node, list):
        for value in node:
            yield from mappings(value)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        for mapping in mappings(resource):
            if mapping.get("Effect") == "Allow":
                yield name, mapping


def is_wide(text: Any) -> bool:
    """Wildcards in the end of a secret's ARN count too: they name one that may not exist, and of
    that Secrets Manager says that access is denied. Secrets are made here, and referred to. Objects
    are made by the functions: below one name in a bucket that is made here, all may be meant."""
    if isinstance(text, dict) and OBJECTS.fullmatch(str(text.get("Fn::Sub"))):
        return False
    return any(wildcard in json.dumps(text) for wildcard in "*?")


def wildcards(resources: Resources) -> list[str]:
    return [
        f"{name}: {each}"
        for name, statement in statements(resources)
        for key in ("Action", "Resource", "NotAction", "NotResource")
        for each in listed(statement.get(key, []))
        if key.startswith("Not") or is_wide(each)
    ]


def managed_policies(resources: Resources) -> list[str]:
    return [
        f"{name}: {arn}"
        for name, resource in resources.items()
        for mapping in mappings(resource)
        for key in ("ManagedPolicyArns", "Policies")
        for arn in listed(mapping.get(key, []))
        if "policy/" in str(arn) or isinstance(arn, str)
        if arn not in MANAGED
    ]


def open_to_everybody(resources: Resources) -> list[str]:
    return [
        f"{name}: {statement['Principal']}"
        for name, statement in statements(resources)
        if "*" in json.dumps(statement.get("Principal", ""))
        or (
            resources[name]["Type"] == "AWS::SQS::QueuePolicy"
            and "aws:SourceArn" not in json.dumps(statement.get("Condition", {}))
        )
    ]


def callers_of_any_account(resources: Resources) -> list[str]:
    return [
        name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Permission"
        if "SourceArn" not in resource["Properties"]
    ]


def open_origins(resources: Resources) -> list[str]:
    keys = ("AllowOrigins", "allowOrigins", "AllowOrigin", "AllowedOrigins")
    return [
        name
        for name, resource in resources.items()
        for mapping in mappings(resource)
        if any("*" in json.dumps(mapping.get(key, "")) for key in keys)
        or mapping.get("CorsConfiguration") is True
    ]


def plain_queues(resources: Resources) -> list[str]:
    return [
        name
        for name, resource in resources.items()
        if resource["Type"] in ("AWS::SQS::Queue", "AWS::SNS::Topic")
        if not {"SqsManagedSseEnabled", "KmsMasterKeyId"} & resource.get("Properties", {}).keys()
        or resource["Properties"].get("SqsManagedSseEnabled") is False
    ]


def open_ports(resources: Resources) -> list[str]:
    return [
        name
        for name, resource in resources.items()
        for mapping in mappings(resource)
        if mapping.get("CidrIp") == "0.0.0.0/0" or mapping.get("CidrIpv6") == "::/0"
    ]


def proxies_without_tls(resources: Resources) -> list[str]:
    return [
        name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::RDS::DBProxy"
        if resource["Properties"].get("RequireTLS") is not True
    ]


Rule = Callable[[Resources], list[str]]


def allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:::a", **more}


def policy(kind: str, **more: Any) -> dict[str, Any]:
    document = {"PolicyDocument": {"Statement": [allow(**more)]}}
    return {"Type": kind, "Properties": document}


def properties(kind: str, **given: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": given}


IAM, QUEUE_POLICY = "AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
SEEDED: list[tuple[Rule, dict[str, Any]]] = [
    (wildcards, policy(IAM, Action="*")),
    (wildcards, policy(IAM, Action=["sqs:SendMessage", "s3:Get*"])),
    (wildcards, policy(IAM, Resource="*")),
    (wildcards, policy(IAM, Resource={"Fn::Sub": "arn:aws:sqs:${AWS::Region}:1:*"})),
    (wildcards, policy(IAM, Resource="arn:aws:secretsmanager:::secret:key-??????")),
    (wildcards, policy(IAM, Resource={"Fn::Sub": "${FilesBucket.Arn}/*"})),
    (wildcards, policy(IAM, Resource={"Fn::Sub": "arn:aws:s3:::files/enrichments/*"})),
    (wildcards, policy(IAM, NotAction="iam:CreateUser")),
    (managed_policies, properties("AWS::IAM::Role", ManagedPolicyArns=[ADMINISTRATOR])),
    (managed_policies, properties("AWS::Serverless::Function", Policies=["AmazonSQSFullAccess"])),
    (managed_policies, properties("AWS::Serverless::Function", Policies=ADMINISTRATOR)),
    (open_to_everybody, policy(QUEUE_POLICY, Principal="*")),
    (open_to_everybody, policy(QUEUE_POLICY, Principal={"AWS": "*"})),
    (open_to_everybody, policy(QUEUE_POLICY, Principal={"Service": "events.amazonaws.com"})),
    (callers_of_any_account, properties("AWS::Lambda::Permission", Principal="s3.amazonaws.com")),
    (open_origins, properties("AWS::Serverless::HttpApi", CorsConfiguration=True)),
    (
        open_origins,
        properties("AWS::ApiGatewayV2::Api", CorsConfiguration={"AllowOrigins": ["*"]}),
    ),
    (plain_queues, properties("AWS::SQS::Queue", QueueName="plain")),
    (plain_queues, properties("AWS::SQS::Queue", SqsManagedSseEnabled=False)),
    (
        open_ports,
        properties("AWS::EC2::SecurityGroup", SecurityGroupIngress=[{"CidrIp": "0.0.0.0/0"}]),
    ),
    (proxies_without_tls, properties("AWS::RDS::DBProxy", DBProxyName="campus")),
]
RULES = list(dict.fromkeys(rule for rule, _ in SEEDED))


@pytest.mark.parametrize("resources", [written, translated])
@pytest.mark.parametrize("rule", RULES)
def test_the_template_keeps_the_rule(rule: Rule, resources: Callable[[], Resources]) -> None:
    assert rule(resources()) == []


@pytest.mark.parametrize(("rule", "fault"), SEEDED)
def test_the_rule_finds_its_fault(rule: Rule, fault: dict[str, Any]) -> None:
    resources = copy.deepcopy(translated()) | {"Seeded": fault}
    assert [found.split(":")[0] for found in rule(resources)] == ["Seeded"]


def test_every_route_leads_to_a_function_which_does_identity_itself() -> None:
    """No authorizer on purpose (docs/decisions/0010): one on some routes would mislead."""
    body = translated()["ServerlessHttpApi"]["Properties"]["Body"]
    assert "securitySchemes" not in json.dumps(body)
    for path, methods in body["paths"].items():
        for method in methods.values():
            assert "security" not in method, path
            target = json.dumps(method["x-amazon-apigateway-integration"]["uri"])
            assert "Function.Arn}/invocations" in target, path


def test_every_role_belongs_to_one_function_or_schedule() -> None:
    resources = translated()
    roles = [
        json.dumps(mapping[key])
        for each in resources.values()
        for mapping in mappings(each)
        for key in ("Role", "RoleArn")
        if key in mapping
    ]
    assert len(roles) == len(set(roles))
    kinds = [each["Type"] for each in resources.values()]
    assert len(roles) == kinds.count("AWS::IAM::Role")
