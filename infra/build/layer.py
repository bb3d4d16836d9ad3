"""The dependency layer of an architecture, from its lock file, without what Lambda never loads.

Wheels for Lambda's platform are installed, so neither Docker nor that Python is needed here.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.build.artifacts import ROOT

LOCK = ROOT / "infra" / "layer" / "requirements.lock"
PYTHON = "3.14"  # the runtime in template.yaml
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
HERE = "here"  # for this machine and this Python: what runs the artifacts without Lambda
SERVICES = json.loads((ROOT / "infra" / "layer" / "services.json").read_text())

_NEVER_LOADED = (
    "bin",
    "wrapt-stubs",
    "cffi",  # cryptography loads its compiled half alone
    "pycparser",
    "boto3/data",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "**/__pycache__",
    "**/tests",
    "**/*.pyi",
    "**/*.pyx",
    "**/*.h",
    "*.dist-info/sboms",
)
# Packages ask for versions and plugins of one another; licenses go where the code goes.
_METADATA_KEPT = ("METADATA", "entry_points.txt", "licenses", "LICENSE", "NOTICE")


def build_layer(kind: str, target: Path) -> None:
    """Make the layer for `arm64`, `x86_64` or `here` in `target`, in place of what is there."""
    if target.exists():
        shutil.rmtree(target)
    packages = target / "python"
    _install(kind, packages)
    prune(packages)


def _install(kind: str, packages: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    platform = [] if kind == HERE else _platform(kind)
    command = [str(uv), "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"]
    where = ["--link-mode", "copy", "--target", str(packages)]
    subprocess.run(
        [*command, *platform, *where, "--requirements", str(LOCK)],
        check=True,
        env={**os.environ, "UV_NO_PROGRESS": "1"},
    )


def _platform(kind: str) -> list[str]:
    return ["--python-platform", PLATFORMS[kind], "--python-version", PYTHON]


def prune(packages: Path) -> None:
    """Remove what no function loads: other services' data, tests, type stubs, install records."""
    (packages / ".lock").unlink(missing_ok=True)
    for pattern in _NEVER_LOADED:
        for path in sorted(packages.glob(pattern)):
            _remove(path)
    for path in (packages / "botocore" / "data").iterdir():
        if path.is_dir() and path.name not in SERVICES:
            _remove(path)
    for path in packages.glob("*.dist-info/*"):
        if not path.name.startswith(_METADATA_KEPT):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
