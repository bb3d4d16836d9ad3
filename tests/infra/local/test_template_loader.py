"""template.yaml is read as CloudFormation would resolve it, and nothing is guessed."""

from pathlib import Path

import pytest

from infra.local import template
from infra.local.template import Template, TemplateError

TEXT = """
Parameters:
  Stage: {Type: String, Default: dev}
  Subnets: {Type: CommaDelimitedList, Default: ""}
Conditions:
  InVpc: !Not [!Equals [!Ref Subnets, ""]]
  Local: !Equals [!Ref Stage, local]
  Both: !And [!Condition InVpc, !Condition Local]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      Name: !Sub "campus-${Stage}-${AWS::Region}"
      Literal: !Sub "${!Stage}"
      Arn: !GetAtt Queue.Arn
      Vpc: !If [InVpc, !Ref Subnets, !Ref AWS::NoValue]
      Joined: !Join ["-", [a, !Ref Stage]]
      Named: !Sub ["${A}", {A: !Ref Stage}]
      Many: [1, !Ref AWS::NoValue, 2]
"""


@pytest.fixture
def declared(tmp_path: Path) -> Template:
    return read(tmp_path, TEXT)


def read(folder: Path, text: str, **parameters: str) -> Template:
    file = folder / "template.yaml"
    file.write_text(text)
    return template.load(file, parameters, "eu-central-1", {"Queue.Arn": "arn:queue"})


def test_functions_are_resolved(declared: Template) -> None:
    (properties,) = declared.of_type("AWS::SQS::Queue").values()
    assert declared.resolve(properties) == {
        "Name": "campus-dev-eu-central-1",
        "Literal": "${Stage}",
        "Arn": "arn:queue",
        "Joined": "a-dev",
        "Named": "dev",
        "Many": [1, 2],
    }


def test_parameters_and_conditions_decide(tmp_path: Path) -> None:
    chosen = read(tmp_path, TEXT, Stage="local", Subnets="subnet-1")
    assert chosen.resolve({"Fn::If": ["InVpc", {"Ref": "Subnets"}, "none"]}) == "subnet-1"
    assert chosen.resolve({"Fn::If": ["Both", "yes", "no"]}) == "yes"


@pytest.mark.parametrize(
    "node", [{"Ref": "Nobody"}, {"Fn::GetAtt": ["Queue", "Url"]}, {"Fn::ImportValue": "x"}]
)
def test_what_is_not_known_is_an_error_that_names_it(declared: Template, node: object) -> None:
    with pytest.raises(TemplateError, match=r"Nobody|Queue\.Url|ImportValue"):
        declared.resolve(node)
