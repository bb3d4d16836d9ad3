"""Makes in the emulator what template.yaml declares: bus, queues, rules, people, files, secrets."""

import contextlib
import json
from typing import Any

from infra.local.emulator import REGION, Emulator
from infra.local.template import ACCOUNT, Template

_FIXED_AT_CREATION = ("Schema", "UsernameAttributes", "UsernameConfiguration")


def provision(template: Template, emulator: Emulator, secrets: dict[str, str]) -> None:
    """Create or update every resource and make its values known to the template.

    Queues start empty: what they held comes back from the event history (see recovery.py).
    """
    _make_buses(template, emulator.client("events"))
    _make_queues(template, emulator.client("sqs"))
    _make_rules(template, emulator.client("events"))
    _set_queue_policies(template, emulator.client("sqs"))
    _make_user_pools(template, emulator.client("cognito-idp"))
    _make_clients(template, emulator.client("cognito-idp"), secrets)
    _make_buckets(template, emulator.client("s3"))
    _make_secrets(template, emulator.client("secretsmanager"), secrets)
    # The domain that mails come from is verified outside the stack on AWS too (DNS).
    mail = emulator.client("sesv2")
    with contextlib.suppress(mail.exceptions.AlreadyExistsException):
        mail.create_email_identity(EmailIdentity=template.resolve({"Ref": "MailDomain"}))


def _make_buses(template: Template, events: Any) -> None:
    existing = {bus["Name"] for bus in events.list_event_buses()["EventBuses"]}
    for logical_id, properties in template.of_type("AWS::Events::EventBus").items():
        name = template.resolve(properties["Name"])
        if name not in existing:
            events.create_event_bus(Name=name)
        template.values[logical_id] = name
        template.values[f"{logical_id}.Arn"] = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}"


def _make_queues(template: Template, sqs: Any) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    for logical_id in sorted(queues, key=lambda each: "RedrivePolicy" in queues[each]):
        properties = template.resolve(queues[logical_id])
        name = properties.pop("QueueName")
        attributes = {
            key: json.dumps(value) if isinstance(value, dict) else str(value).lower()
            for key, value in properties.items()
            if key != "SqsManagedSseEnabled"
        }
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        template.values[logical_id] = url
        template.values[f"{logical_id}.QueueName"] = name
        template.values[f"{logical_id}.Arn"] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def _make_rules(template: Template, events: Any) -> None:
    for logical_id, properties in template.of_type("AWS::Events::Rule").items():
        rule = template.resolve(properties)
        name, bus = f"campus-{logical_id}", rule["EventBusName"]
        answer = events.put_rule(
            Name=name, EventBusName=bus, EventPattern=json.dumps(rule["EventPattern"])
        )
        events.put_targets(Rule=name, EventBusName=bus, Targets=rule["Targets"])
        template.values[f"{logical_id}.Arn"] = answer["RuleArn"]


def _set_queue_policies(template: Template, sqs: Any) -> None:
    for properties in template.of_type("AWS::SQS::QueuePolicy").values():
        policy = template.resolve(properties)
        for url in policy["Queues"]:
            document = json.dumps(policy["PolicyDocument"])
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})


def _make_user_pools(template: Template, cognito: Any) -> None:
    existing = {
        pool["Name"]: pool["Id"] for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]
    }
    for logical_id, properties in template.of_type("AWS::Cognito::UserPool").items():
        pool = template.resolve(properties)
        name = pool.pop("UserPoolName")
        if name in existing:
            changeable = {key: pool[key] for key in pool if key not in _FIXED_AT_CREATION}
            cognito.update_user_pool(UserPoolId=existing[name], **changeable)
        else:
            answer = cognito.create_user_pool(PoolName=name, **pool)
            existing[name] = answer["UserPool"]["Id"]
        template.values[logical_id] = existing[name]
        template.values[f"{logical_id}.Arn"] = (
            f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{existing[name]}"
        )


def _make_clients(template: Template, cognito: Any, secrets: dict[str, str]) -> None:
    for logical_id, properties in template.of_type("AWS::Cognito::UserPoolClient").items():
        wanted = template.resolve(properties)
        pool = wanted["UserPoolId"]
        listed = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
        found = [each["ClientId"] for each in listed if each["ClientName"] == wanted["ClientName"]]
        client_id = found[0] if found else _create_client(cognito, wanted)
        answer = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client_id)
        template.values[logical_id] = client_id
        secret = answer["UserPoolClient"].get("ClientSecret", "")
        template.values[f"{logical_id}.ClientSecret"] = secret
        secrets["user-pool-client-secret"] = secret


def _create_client(cognito: Any, wanted: dict[str, Any]) -> str:
    return cognito.create_user_pool_client(**wanted)["UserPoolClient"]["ClientId"]


def _make_buckets(template: Template, store: Any) -> None:
    existing = {bucket["Name"] for bucket in store.list_buckets()["Buckets"]}
    for logical_id, properties in template.of_type("AWS::S3::Bucket").items():
        name = template.resolve(properties["BucketName"])
        if name not in existing:
            where = {"LocationConstraint": REGION}
            store.create_bucket(Bucket=name, CreateBucketConfiguration=where)
        template.values[logical_id] = name
        template.values[f"{logical_id}.Arn"] = f"arn:aws:s3:::{name}"


def _make_secrets(template: Template, store: Any, secrets: dict[str, str]) -> None:
    existing = {each["Name"] for each in store.list_secrets()["SecretList"]}
    for logical_id, properties in template.of_type("AWS::SecretsManager::Secret").items():
        name = template.resolve(properties["Name"])
        value = secrets[name.rsplit("/", 1)[1]]
        if name in existing:
            store.put_secret_value(SecretId=name, SecretString=value)
        else:
            store.create_secret(Name=name, SecretString=value)
        template.values[logical_id] = name
