"""The application as `sam deploy` puts it into an emulator that runs functions without Docker.

The template is the one for AWS, and policies are enforced. What the emulator leaves out, or does
in another way than AWS, is made up for here and nowhere else: routes, triggers, names of secrets.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.local import emulator
from infra.local.demo import sent_mails
from infra.local.emulator import CREDENTIALS, REGION
from infra.local.options import ROOT
from infra.local.template import ACCOUNT
from tests.environment import PASSWORDS
from tests.journeys.deployment import Deployment, wait_for
from tests.journeys.triggers import Triggers

STACK = "campus-dev"
TOOLS = ROOT / ".tools"
TEMPLATE = ROOT / ".aws-sam" / "here" / "template.yaml"
# Actions whose resource the emulator does not tell as AWS does: it takes a bus that is described
# for a rule of that name, and knows none of a mail.
SEEN_AS = {
    "events:DescribeEventBus": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/default/{STACK}",
    "ses:SendEmail": "*",
}
WEBHOOK_SECRETS = json.dumps(["journey-secret"])


class EmulatedAws(Deployment):
    """An emulator of its own, with the built artifacts deployed as stage dev."""

    restart_seconds = 60

    def __init__(self, directory: Path, database_url: str) -> None:
        self._database_url = database_url
        self._triggers = Triggers()
        interpreter = TOOLS / "deploy" / "bin" / "python"
        self.emulator = emulator.start(directory, self._triggers.address, interpreter)
        self._triggers.functions = self.emulator.client("lambda")
        self.client = self.emulator.client

    def stop(self) -> None:
        self._triggers.stop()
        self.emulator.stop()
        with contextlib.suppress(ProcessLookupError):  # its workers end after it
            os.killpg(self.emulator.process.pid, signal.SIGKILL)

    def deploy(self) -> None:
        """`sam deploy` as samconfig.toml describes the stage dev, then what an operator does."""
        environment = {
            **os.environ,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.emulator.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
        }
        command = [str(TOOLS / "sam" / "bin" / "sam"), "deploy", "--template-file", str(TEMPLATE)]
        command += ["--config-file", str(ROOT / "samconfig.toml")]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        self._operate()
        self._mend_policies()
        self._make_routes()

    def _operate(self) -> None:
        """The database's address and passwords, the webhook's secret, the domain of mails."""
        for role, password in PASSWORDS.items():
            self._set_secret(f"database-password-{role}", password)
        self._set_secret("revenuecat-webhook", WEBHOOK_SECRETS)
        self.client("sesv2").create_email_identity(EmailIdentity="campus.example")
        pool = self.physical["UserPool"]
        self.configure(
            DATABASE_URL=self._database_url,
            USER_POOL_JWKS_URL=f"{self.emulator.endpoint}/{pool}/.well-known/jwks.json",
        )

    def configure(self, **variables: str) -> None:
        """Change environment variables of all functions. As on AWS, none of their execution
        environments outlives that."""
        functions = self.client("lambda")
        for name in self.functions.values():
            known = functions.get_function_configuration(FunctionName=name)["Environment"]
            functions.update_function_configuration(
                FunctionName=name, Environment={"Variables": known["Variables"] | variables}
            )

    def _mend_policies(self) -> None:
        """On AWS `!Ref` of a secret is its ARN; the emulator makes it the name, and refuses."""
        iam = self.client("iam")
        for policy in iam.list_policies(Scope="Local")["Policies"]:
            known = {"PolicyArn": policy["Arn"], "VersionId": policy["DefaultVersionId"]}
            document = self._mended(iam.get_policy_version(**known)["PolicyVersion"]["Document"])
            iam.create_policy_version(
                PolicyArn=policy["Arn"], PolicyDocument=document, SetAsDefault=True
            )
        for role in (name for key, name in self.physical.items() if key.endswith("FunctionRole")):
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                known = {"RoleName": role, "PolicyName": name}
                document = self._mended(iam.get_role_policy(**known)["PolicyDocument"])
                iam.put_role_policy(**known, PolicyDocument=document)

    def _mended(self, document: dict[str, Any]) -> str:
        arns = {each["Name"]: each["ARN"] for each in self._secrets()}
        for statement in document["Statement"]:
            resources = statement["Resource"]
            listed = resources if isinstance(resources, list) else [resources]
            seen = SEEN_AS.get(str(statement["Action"]))
            statement["Resource"] = seen or [arns.get(each, each) for each in listed]
        return json.dumps(document)

    def _make_routes(self) -> None:
        """The emulator ignores the API's OpenAPI body, which is where SAM puts the routes.

        There are no authorizers to make: none is declared (decision 10).
        """
        gateway = self.client("apigatewayv2")
        body = self._processed["Resources"]["ServerlessHttpApi"]["Properties"]["Body"]
        assert "components" not in body, "authorizers are declared: make them here"
        integrations: dict[str, str] = {}
        for path, operations in body["paths"].items():
            (method, operation), *others = operations.items()
            assert method == "x-amazon-apigateway-any-method"
            assert not others
            uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            function = re.findall(r"\$\{(\w+)\.Arn\}", uri)[0]
            if function not in integrations:
                made = gateway.create_integration(
                    ApiId=self.api,
                    IntegrationType="AWS_PROXY",
                    IntegrationUri=self._arn(function),
                    PayloadFormatVersion="2.0",
                )
                integrations[function] = made["IntegrationId"]
            gateway.create_route(
                ApiId=self.api,
                RouteKey="$default" if path == "/$default" else f"ANY {path}",
                Target=f"integrations/{integrations[function]}",
            )

    def _arn(self, function: str) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.physical[function]}"

    @cached_property
    def _processed(self) -> dict[str, Any]:
        """The template as SAM's transform left it."""
        formation = self.client("cloudformation")
        return formation.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]

    @cached_property
    def physical(self) -> dict[str, str]:
        """Names or ids of everything deployed, by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages.paginate(StackName=STACK)
            for each in page["StackResourceSummaries"]
        }

    @property
    def functions(self) -> dict[str, str]:
        """Names of the deployed functions, by logical id."""
        return {
            logical_id: self.physical[logical_id]
            for logical_id, resource in self._processed["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Function"
        }

    @property
    def api(self) -> str:
        return self.physical["ServerlessHttpApi"]

    @property
    def address(self) -> str:
        return self.emulator.endpoint

    @property
    def headers(self) -> dict[str, str]:
        """The emulator knows its gateways by the host's name, which is an alias of its own."""
        host = self.emulator.endpoint.removeprefix("http://")
        return {"Host": f"{self.api}.execute-api.{host}"}

    @property
    def database_url(self) -> str:
        return self._database_url

    def _secrets(self) -> list[dict[str, Any]]:
        return self.client("secretsmanager").list_secrets(MaxResults=100)["SecretList"]

    def _set_secret(self, name: str, value: str) -> None:
        store = self.client("secretsmanager")
        store.put_secret_value(SecretId=f"campus/dev/{name}", SecretString=value)

    def secret(self, name: str) -> str:
        store = self.client("secretsmanager")
        return store.get_secret_value(SecretId=f"campus/dev/{name}")["SecretString"]

    def mails(self) -> list[dict[str, str]]:
        return sent_mails(self.emulator.endpoint)

    def kill(self) -> None:
        """Every execution environment ends, as in the midst of another deploy."""
        self.configure()

    def start(self) -> float:
        began = time.monotonic()
        wait_for(lambda: self.call("GET", "/health/ready").status == 200, 60, self.log)
        return time.monotonic() - began

    def log(self) -> str:
        """What the functions wrote, and the gateway's last word."""
        return "\n".join(self.lines()[-20:]) + self.call("GET", "/health/ready").text

    def lines(self) -> list[str]:
        """The functions' log, from the group that the template names."""
        pages = self.client("logs").get_paginator("filter_log_events")
        return [
            event["message"]
            for page in pages.paginate(logGroupName="/campus/dev/functions")
            for event in page["events"]
        ]
