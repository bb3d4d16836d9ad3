"""What is uploaded holds what a function needs, no more, and runs with nothing else."""

import ast
import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.build import packed
from infra.build.artifacts import ROOT, build_function, domain_of, files_of
from infra.build.layer import HERE, LOCK, PLATFORMS, PYTHON, SERVICES, prune
from infra.build.sizes import ARTIFACT_BYTES, artifact_size, files_below, layer_size, report
from infra.build.slim import slim
from infra.local.template import load

LAYERS = ROOT / "build" / "layers"
RESOURCES = load(ROOT / "template.yaml", {}, "eu-central-1").resources
FUNCTIONS = [
    name for name, each in RESOURCES.items() if each["Type"] == "AWS::Serverless::Function"
]
UNREAD = re.compile(r"__pycache__|/frozen/|/\.gitignore$")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = tmp_path_factory.mktemp("artifacts")
    for name in FUNCTIONS:
        build_function(name, build / name)
    return build


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_artifact_keeps_its_budget(artifacts: Path, name: str) -> None:
    size = artifact_size(artifacts / name)
    assert size.is_within, report([size])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_artifact_holds_its_domain_alone(artifacts: Path, name: str) -> None:
    files = [file.relative_to(artifacts / name) for file in files_below(artifacts / name)]
    modules = json.loads((artifacts / name / packed.NAME).read_text())
    files += [Path(module) for module in modules]
    domains = {file.parts[1] for file in files if file.parts[0] == "functions"}
    assert domains == {"__init__.py", domain_of(name)}
    assert {file.parts[0] for file in files} == {"functions", "events", "shared", packed.NAME}
    served = [file for file in files if file.suffix in (".md", ".json") and file.parts[1:]]
    assert not served or name == "HealthFunction"
    assert not [file for file in files if "test" in file.name or "__pycache__" in file.parts]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_from_artifact_and_layer_alone(artifacts: Path, name: str) -> None:
    domain = domain_of(name)
    clients = "".join(f"session.client({service!r});" for service in SERVICES)
    program = (
        f"import functions.{domain}.handler, sys, psycopg, boto3.session\n"
        f"functions.{domain}.handler.handle.load()\n"
        "import aws_lambda_powertools, cryptography.hazmat.primitives.asymmetric.rsa\n"
        f"session = boto3.session.Session(region_name='eu-central-1');{clients}\n"
        "assert psycopg.pq.__impl__ == 'binary'\n"
        "assert not [path for path in sys.path if 'site-packages' in path]"
    )
    found = subprocess.run(
        [sys.executable, "-S", "-B", "-c", program],  # -S: nothing that is installed here
        cwd=artifacts,
        env={
            "PYTHONPATH": f"{artifacts / name}:{LAYERS / HERE / 'python'}",
            "CAMPUS_STAGE": "test",
        },
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_artifact_has_every_file_that_its_code_may_open(artifacts: Path, name: str) -> None:
    modules = json.loads((artifacts / name / packed.NAME).read_text())
    for folder in (f"functions/{domain_of(name)}", "shared"):
        for file in (ROOT / folder).rglob("*"):
            path = file.relative_to(ROOT)
            if file.is_file() and not UNREAD.search(path.as_posix()):
                assert path.as_posix() in modules or (artifacts / name / path).is_file(), path


def test_a_packed_module_is_where_it_is_in_the_repository(artifacts: Path) -> None:
    """With its files beside it, and its lines in a traceback."""
    program = (
        "import linecache, functions.relay.handler\n"
        "from shared import outbox, settings\n"
        "print(outbox.__file__, outbox.sql.add_events is not None)\n"
        "try: settings.setting('NONE')\n"
        "except RuntimeError as error:\n"
        "    frame = error.__traceback__.tb_next\n"
        "    code = frame.tb_frame.f_code\n"
        "    print(code.co_filename, frame.tb_lineno)\n"
        "    print(linecache.getline(code.co_filename, frame.tb_lineno, vars(settings)).strip())"
    )
    root = artifacts / "RelayFunction"
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", program],
        cwd=artifacts,
        env={"PYTHONPATH": f"{root}:{LAYERS / HERE / 'python'}", "CAMPUS_STAGE": "test"},
        check=True,
        capture_output=True,
        text=True,
    )
    outbox, raised, line = done.stdout.splitlines()
    assert outbox == f"{root}/shared/outbox.py True"
    source = (ROOT / "shared" / "settings.py").read_text().splitlines()
    file, _, number = raised.rpartition(" ")
    assert file == f"{root}/shared/settings.py"
    assert source[int(number) - 1].strip() == line
    assert line.startswith("raise RuntimeError(")


def test_an_artifact_is_the_same_in_every_build(artifacts: Path, tmp_path: Path) -> None:
    build_function("RelayFunction", tmp_path)
    first, second = (
        {file.relative_to(root).as_posix(): file.read_bytes() for file in files_below(root)}
        for root in (artifacts / "RelayFunction", tmp_path)
    )
    assert first == second


def test_an_artifact_has_the_events_that_its_code_imports(artifacts: Path) -> None:
    found = {
        name: json.loads((artifacts / name / packed.NAME).read_text())
        for name in ("CoursesFunction", "WebhooksFunction")
    }
    assert "events/courses.py" in found["CoursesFunction"]
    assert "events/courses.py" not in found["WebhooksFunction"]


def test_health_answers_with_every_document(artifacts: Path) -> None:
    served = ("openapi/v1.json", "openapi/v2.json", "guides/v1.md", "guides/v1.html")
    for file in (*served, "page/page.json", "schema_version.txt"):
        assert (artifacts / "HealthFunction" / "functions" / "health" / file).is_file(), file


@pytest.mark.parametrize("domain", [domain_of(name) for name in FUNCTIONS])
def test_slim_code_is_the_same_program_line_for_line(domain: str) -> None:
    for file in files_of(domain):
        if file.suffix == ".py":
            source = file.read_text()
            assert statements(slim(source)) == statements(source), file


def statements(source: str) -> list[tuple[int, str]]:
    """Every statement with its line, except texts that stand alone."""
    return [
        (node.lineno, ast.dump(node))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt)
        and not isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def test_slim_code_keeps_what_is_read_at_run_time() -> None:
    source = (
        '"""Module."""\nfrom __future__ import annotations\n\n\n'
        'def plain():\n    """Two\n    lines."""\n    return "# no comment"  # one\n\n\n'
        '@property\ndef route():\n    """Two\n    lines."""\n\n\n'
        'class Step:\n    """One."""\n'
    )
    assert slim(source) == (
        "\nfrom __future__ import annotations\n\n\n"
        'def plain():\n    ...\n\n    return "# no comment"\n\n\n'
        '@property\ndef route():\n    "."\n\n\n\nclass Step:\n    "."\n'
    )


def test_a_part_that_is_too_large_is_told(tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    assert artifact_size(tmp_path).is_within
    (tmp_path / "noise.bin").write_bytes(random.Random(1).randbytes(ARTIFACT_BYTES))
    size = artifact_size(tmp_path)
    assert not size.is_within
    assert "TOO LARGE" in report([size])


@pytest.mark.parametrize("kind", [*PLATFORMS, HERE])
def test_a_layer_keeps_its_budget(kind: str) -> None:
    size = layer_size(LAYERS / kind)
    assert size.is_within, report([size])


@pytest.mark.parametrize(("kind", "machine"), [("arm64", 0xB7), ("x86_64", 0x3E)])
def test_a_layer_is_for_its_processor_and_lambdas_python(kind: str, machine: int) -> None:
    libraries = list((LAYERS / kind).rglob("*.so*"))
    assert libraries
    for library in libraries:
        assert library.read_bytes()[18] == machine, library  # e_machine of the ELF header
    tags = {part for each in libraries for part in re.findall(r"\.cpython-(\d+)", each.name)}
    assert tags == {PYTHON.replace(".", "")}


@pytest.mark.parametrize("kind", PLATFORMS)
def test_a_layer_holds_nothing_that_lambda_never_loads(kind: str) -> None:
    packages = LAYERS / kind / "python"
    data = {path.name for path in (packages / "botocore" / "data").iterdir() if path.is_dir()}
    assert data == set(SERVICES)
    unwanted = ("__pycache__", "tests", "*.pyi", "RECORD", "moto", "pytest", "hypothesis")
    assert not [path for name in unwanted for path in packages.rglob(name)]


def test_pruning_keeps_versions_and_licenses(tmp_path: Path) -> None:
    for name in ("METADATA", "RECORD", "INSTALLER", "licenses/LICENSE"):
        file = tmp_path / "a-1.dist-info" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "botocore" / "data").mkdir(parents=True)
    prune(tmp_path)
    kept = {file.relative_to(tmp_path).as_posix() for file in files_below(tmp_path)}
    assert kept == {"a-1.dist-info/METADATA", "a-1.dist-info/licenses/LICENSE"}


def test_the_layer_has_the_versions_that_the_tests_have() -> None:
    deployed = dict(PINNED.findall(LOCK.read_text()))
    tested = dict(PINNED.findall((ROOT / "requirements.lock").read_text()))
    assert deployed
    assert {name: tested.get(name) for name in deployed} == deployed


def test_every_aws_service_that_code_asks_for_is_in_the_layer() -> None:
    asked = {
        service
        for folder in ("functions", "shared")
        for file in (ROOT / folder).rglob("*.py")
        for service in re.findall(r"\bclient\(\s*\"([a-z0-9-]+)\"", file.read_text())
    }
    assert asked
    assert asked <= set(SERVICES)


def test_the_template_builds_what_is_measured_here() -> None:
    globals_ = load(ROOT / "template.yaml", {}, "eu-central-1").shared_properties("Function")
    assert globals_["Runtime"] == f"python{PYTHON}"
    for name, resource in RESOURCES.items():
        if resource["Type"] in ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion"):
            assert resource["Metadata"] == {"BuildMethod": "makefile"}, name
    layers = {name: RESOURCES[name]["Properties"] for name in ("LayerForArm64", "LayerForX86")}
    kinds = [kind for layer in layers.values() for kind in layer["CompatibleArchitectures"]]
    assert kinds == list(PLATFORMS)
    for layer in layers.values():
        assert layer["CompatibleRuntimes"] == [f"python{PYTHON}"]
