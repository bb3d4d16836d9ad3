"""The CloudFormation template that AWS makes of template.yaml, on standard output as JSON.

Runs in the environment of the SAM CLI, which brings the translator, and needs no network:
`.tools/sam/bin/python infra/build/translate.py template.yaml`
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from samtranslator.translator.transform import transform  # pyright: ignore
from samtranslator.yaml_helper import yaml_parse  # pyright: ignore

ARTIFACT = "s3://artifacts/artifact"  # the translator takes uploaded code only


class NoManagedPolicies:
    """The template names none, so that the translator never asks AWS for them."""

    def load(self) -> dict[str, str]:
        """Policy names to ARNs."""
        return {}


def translate(path: Path) -> dict[str, Any]:
    """The translated template with the default of every parameter."""
    template: Any = yaml_parse(path.read_text())
    template["Globals"]["Function"]["CodeUri"] = ARTIFACT
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = ARTIFACT
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    return transform(template, {}, NoManagedPolicies())  # pyright: ignore


if __name__ == "__main__":
    json.dump(translate(Path(sys.argv[1])), sys.stdout, indent=1)
