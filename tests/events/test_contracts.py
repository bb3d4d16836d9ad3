"""Contracts of events: published, with a sample that every consumer can read."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from aws_lambda_powertools.utilities.parser import models
from jsonschema import Draft202012Validator

from infra.contracts import __main__ as command
from infra.contracts.contracts import contracts, file_name, sample, schema
from infra.openapi.routes import handlers
from shared.facts import Event

TYPES = list(contracts())
SAMPLES = sorted(command.SAMPLES.glob("*/*.json"))
INVOCATIONS = [path for path in SAMPLES if path.parent.name != "bus"]


def published(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def validator(contract: type[Event]) -> Draft202012Validator:
    described = published(command.SCHEMAS / file_name(contract))
    Draft202012Validator.check_schema(described)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(described, format_checker=checker)


def test_what_is_checked_in_follows_from_the_code():
    assert command.faults() == [], "run make fix"


@pytest.mark.parametrize("name", TYPES)
def test_an_event_has_a_schema_and_a_sample_that_keeps_it(name: str):
    contract = contracts()[name]
    event = published(command.SAMPLES / "bus" / file_name(contract))
    assert list(validator(contract).iter_errors(event["detail"])) == []
    assert (event["detail-type"], event["source"]) == (name, event["detail"]["source"])


@pytest.mark.parametrize("name", TYPES)
def test_a_consumer_reads_the_sample_back_unchanged(name: str):
    contract, told = contracts()[name], sample(contracts()[name])
    event = contract.read(told["version"], told["data"], told["entity"]["version"])
    assert orjson.loads(orjson.dumps(event.data, option=orjson.OPT_UTC_Z)) == told["data"]
    assert event.entity_id == told["entity"]["id"]
    assert len(json.dumps(told["data"])) <= 8192


@pytest.mark.parametrize("name", TYPES)
def test_data_holds_no_free_text_and_no_personal_data(name: str):
    fields = schema(contracts()[name])["properties"]["data"]["properties"]
    assert not {"email", "title", "description", "firstName", "lastName", "text"} & fields.keys()


@pytest.mark.parametrize(
    "change",
    [{"data": {}}, {"type": "other.done"}, {"userId": "nobody"}, {"entity": {}}, {"id": None}],
    ids=lambda change: next(iter(change)),
)
def test_the_schema_refuses_what_breaks_the_contract(change: dict[str, Any]):
    contract = contracts()["assignment.completed"]
    told = sample(contract)
    assert validator(contract).is_valid(told)
    assert not validator(contract).is_valid({**told, **change})
    unknown = {**told["data"], "more": 1}
    assert not validator(contract).is_valid({**told, "data": unknown})


def test_every_function_has_a_sample_of_each_kind_that_it_takes():
    for name, handle in handlers().items():
        kinds = {path.name.partition("-")[0] for path in (command.SAMPLES / name).glob("*.json")}
        subscribers = handle.queue.subscribers
        assert ("http" in kinds) == bool(handle.api.table.routes)
        assert ("event" in kinds) == bool(subscribers.types())
        assert ("schedule" in kinds) == bool(subscribers.schedules())


@pytest.mark.parametrize(
    "path", [p for p in SAMPLES if p.name.startswith("event-")], ids=lambda p: f"{p.parent.name}"
)
def test_a_queue_sample_holds_what_the_function_subscribes_to(path: Path):
    records = published(path)["Records"]
    detail = json.loads(records[0]["body"])["detail"]
    assert list(validator(contracts()[detail["type"]]).iter_errors(detail)) == []
    assert detail["type"] in handlers()[path.parent.name].queue.subscribers.types()


@pytest.mark.parametrize("path", INVOCATIONS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_sample_has_the_shape_that_lambda_hands_over(path: Path):
    """As Powertools knows it, so that `sam local invoke -e` runs what AWS would."""
    event = published(path)
    match path.name.partition("-")[0]:
        case "http":
            models.APIGatewayProxyEventV2Model.model_validate(event)
        case "event":
            for record in models.SqsModel.model_validate(event).Records:
                models.EventBridgeModel.model_validate_json(str(record.body))
                assert hashlib.md5(str(record.body).encode()).hexdigest() == record.md5OfBody
        case "trigger":
            models.CognitoPostConfirmationTriggerModel.model_validate(event)
        case kind:
            assert (kind, list(event)) == ("schedule", ["schedule"])


def test_an_older_version_can_still_be_read():
    for path in command.SCHEMAS.glob("*.json"):
        name, _, number = path.name.removesuffix(".json").rpartition(".v")
        contract = contracts()[name]
        assert int(number) <= contract.schema_version
        if int(number) < contract.schema_version:
            assert "upcast" in vars(contract), f"{name} cannot be read at version {number}"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files in a folder of the test's own."""
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "SCHEMAS", tmp_path / "schemas")
    monkeypatch.setattr(command, "SAMPLES", tmp_path / "samples")
    assert command.main([]) == 0
    assert command.faults() == []
    return tmp_path


def test_a_published_schema_is_not_written_over(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
):
    path = elsewhere / "schemas" / "course.created.v1.json"
    promised = path.read_text().replace("courseId", "theCourse")
    path.write_text(promised)
    assert command.main([]) == 1
    assert "course.created.v1.json: the contract has changed." in capsys.readouterr().err
    assert path.read_text() == promised
    assert command.main(["--check"]) == 1
    path.unlink()
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0


def test_faults_are_told_with_their_files(elsewhere: Path):
    (elsewhere / "schemas" / "user.created.v1.json").unlink()
    (elsewhere / "schemas" / "ghost.seen.v1.json").write_text("{}")
    (elsewhere / "samples" / "tasks" / "old.json").write_text("{}")
    (elsewhere / "samples" / "bus" / "user.created.v1.json").write_text("{}")
    assert command.faults() == [
        "schemas/user.created.v1.json: missing",
        "samples/bus/user.created.v1.json: differs",
        "samples/tasks/old.json: belongs to nothing",
        "schemas/ghost.seen.v1.json: its event is gone",
    ]
    assert command.main([]) == 0
    assert command.faults() == ["schemas/ghost.seen.v1.json: its event is gone"]
