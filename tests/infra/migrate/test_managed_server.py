"""On a managed server the admin is no superuser."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra import migrate
from infra.local.postgres import embedded_postgres
from infra.migrate import Options
from tests.infra.migrate.database import ask, run


def test_an_admin_who_may_only_create_roles_and_databases_can_migrate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with embedded_postgres(tmp_path / "pg", durable=False) as superuser:
        run(superuser, "CREATE ROLE boss LOGIN CREATEROLE CREATEDB")
        run(superuser, "GRANT pg_monitor TO boss WITH ADMIN OPTION")
        run(superuser, "CREATE DATABASE managed OWNER boss")
        address = urlsplit(superuser).netloc.replace("postgres@", "boss@")
        admin = f"postgresql://{address}/managed"
        labels = migrate.up(admin, passwords={"app": "secret"})
        assert migrate.up(admin) == []
        assert ask(admin, "SELECT count(*) FROM pg_class WHERE relname = 'app_user'") == [(1,)]
        migrate.down(admin, len(labels), Options(restore_point_limit=None))
