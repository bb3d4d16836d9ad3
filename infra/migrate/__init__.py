"""Schema migrations: plain SQL, applied so that nothing blocks, is lost, or wedges."""

from infra.migrate.files import Migration, MigrationError
from infra.migrate.runner import Options, down, up

__all__ = ["Migration", "MigrationError", "Options", "down", "up"]
