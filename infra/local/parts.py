"""The parts below the functions: database, emulator and what template.yaml declares in it."""

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from psycopg import sql

from infra import migrate
from infra.local import emulator, secrets_file, template
from infra.local.emulator import CREDENTIALS, REGION, Emulator
from infra.local.functions import Function, name_functions, read_functions
from infra.local.options import ROOT, Options
from infra.local.postgres import embedded_postgres
from infra.local.provision import provision
from infra.local.template import Template

TEMPLATE = ROOT / "template.yaml"
_ROLES = ("app", "system", "support")


@dataclass(frozen=True)
class Parts:
    """What runs below the functions, and how they find it."""

    options: Options
    database_url: str
    emulator: Emulator

    def provision(self) -> None:
        """Make what the template declares, and describe it for the serving process."""
        declared = read_template({})
        secrets = secrets_file.read_or_make(self.options.secrets_file, declared)
        provision(declared, self.emulator, secrets)
        secrets_file.write(self.options.secrets_file, secrets)
        set_role_passwords(self.database_url, secrets)
        self.options.describe(
            {
                "database_url": self.database_url,
                "endpoint": self.emulator.endpoint,
                "port": self.options.port,
                "values": declared.values,
            }
        )


@contextlib.contextmanager
def running_parts(options: Options) -> Iterator[Parts]:
    """Database and emulator for as long as the block runs; call it from the main thread."""
    invoke_url = f"http://127.0.0.1:{options.port}/_local/functions/"
    with ThreadPoolExecutor(1) as background:
        starting = background.submit(emulator.start, options.data / "emulator", invoke_url)
        try:
            with embedded_postgres(options.data / "postgres") as url:
                migrate.up(url)
                parts = Parts(options, url, starting.result())
                parts.provision()
                yield parts
        finally:
            if starting.exception() is None:
                starting.result().stop()


def read_template(values: dict[str, str]) -> Template:
    """template.yaml for the stage `local`, with the names of its functions."""
    declared = template.load(TEMPLATE, {"Stage": "local"}, REGION, values)
    name_functions(declared, REGION)
    return declared


def set_role_passwords(url: str, secrets: dict[str, str]) -> None:
    """Give the functions' database roles the passwords that their secrets hold."""
    with psycopg.connect(url, autocommit=True) as connection:
        for role in _ROLES:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(f"campus_{role}"),
                    sql.Literal(secrets[f"database-password-{role}"]),
                )
            )


def function_environment(options: Options, functions: list[Function]) -> dict[str, str]:
    """The variables of all functions, as the template gives them, moved onto this machine.

    The functions share a process here, so a name cannot mean two things.
    """
    description = options.description()
    variables: dict[str, str] = {}
    for function in functions:
        for name, value in function.environment.items():
            if variables.setdefault(name, value) != value:
                raise ValueError(f"{name} differs between functions: give it two names")
    endpoint, pool = description["endpoint"], variables["USER_POOL_ID"]
    return variables | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CAMPUS_SECRETS_FILE": str(options.secrets_file),
        "CAMPUS_VERSION_DATES": os.environ.get("CAMPUS_VERSION_DATES", "{}"),
        "DATABASE_URL": description["database_url"],
        "PUBLIC_URL": f"http://127.0.0.1:{description['port']}",
        "USER_POOL_JWKS_URL": f"{endpoint}/{pool}/.well-known/jwks.json",
        **CREDENTIALS,
    }


def declared_functions(options: Options) -> list[Function]:
    """The functions of the template with the values that the running parts have."""
    return read_functions(read_template(options.description()["values"]))
