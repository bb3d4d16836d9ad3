"""What functions use of psycopg: libpq itself, its errors, and the adaptation of types.

psycopg's connections and cursors are not loaded; they come when somebody asks the package for them,
as migrations and tests do. Import psycopg's parts from here, so that they come in this order.
"""

# ruff: noqa: E402 (psycopg comes after what it would start has been put off: see `_lighten`)

import importlib
import sys
from types import ModuleType
from typing import Any

import orjson

from shared.late import put_off


def _lighten() -> None:
    """Keep what libpq and the errors import from starting what they do not use of it."""
    asyncio: Any = put_off("asyncio")
    asyncio.CancelledError = importlib.import_module("asyncio.exceptions").CancelledError
    put_off("ctypes.util")
    put_off("psycopg")
    # Reads the metadata of packages through an e-mail parser, for messages about versions.
    unread: Any = ModuleType("psycopg_binary.version")
    unread.__version__ = "unknown"
    sys.modules.setdefault("psycopg_binary.version", unread)


_lighten()

from psycopg import abc, pq
from psycopg.adapt import AdaptersMap, Dumper, Loader, PyFormat, Transformer
from psycopg.conninfo import make_conninfo
from psycopg.errors import (
    DataError,
    Error,
    InterfaceError,
    OperationalError,
    error_from_result,
)
from psycopg.pq import (
    ConnStatus,
    DiagnosticField,
    ExecStatus,
    PipelineStatus,
    TransactionStatus,
)
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types import (
    TypeInfo,
    TypesRegistry,
    array,
    bool,
    datetime,
    json,
    none,
    numeric,
    string,
    uuid,
)

__all__ = [
    "ConnStatus",
    "DataError",
    "DiagnosticField",
    "Error",
    "ExecStatus",
    "InterfaceError",
    "OperationalError",
    "PGconn",
    "PGresult",
    "PipelineStatus",
    "PyFormat",
    "TransactionStatus",
    "adaptation",
    "connect",
    "error_from_result",
    "make_conninfo",
]

_TYPES = (
    ("bool", 16, 1000),
    ("bytea", 17, 1001),
    ('"char"', 18, 1002),
    ("name", 19, 1003),
    ("int8", 20, 1016),
    ("int2", 21, 1005),
    ("int4", 23, 1007),
    ("text", 25, 1009),
    ("oid", 26, 1028),
    ("json", 114, 199),
    ("float4", 700, 1021),
    ("float8", 701, 1022),
    ("bpchar", 1042, 1014),
    ("varchar", 1043, 1015),
    ("date", 1082, 1182),
    ("time", 1083, 1183),
    ("timestamp", 1114, 1115),
    ("timestamptz", 1184, 1185),
    ("interval", 1186, 1187),
    ("timetz", 1266, 1270),
    ("numeric", 1700, 1231),
    ("uuid", 2950, 2951),
    ("jsonb", 3802, 3807),
)
"""The types of columns and parameters with their numbers and those of their arrays, from pg_type.
Whatever else a statement returns is text."""


class _DictDumper(Dumper):
    """A dict parameter is jsonb."""

    oid = 3802

    def dump(self, obj: Any) -> bytes:
        return orjson.dumps(obj, default=str, option=orjson.OPT_UTC_Z)


class _JsonLoader(Loader):
    """psycopg's own asks which function to call, for each value."""

    def load(self, data: Any) -> Any:
        return orjson.loads(data)


class _Adaptation:
    """What a transformer asks for: adapters, and no connection, whose zone is UTC anyway."""

    connection = None

    def __init__(self) -> None:
        self.adapters = AdaptersMap(types=TypesRegistry())
        for name, number, of_array in _TYPES:
            self.adapters.types.add(TypeInfo(name, number, of_array))
        for module in (array, bool, datetime, json, none, numeric, string, uuid):
            module.register_default_adapters(self)  # pyright: ignore[reportArgumentType]
        array.register_all_arrays(self)  # pyright: ignore[reportArgumentType]
        self.adapters.register_dumper(dict, _DictDumper)
        for name in ("json", "jsonb"):
            self.adapters.register_loader(name, _JsonLoader)


_adaptation = _Adaptation()


def adaptation() -> abc.Transformer:
    """A new transformer of values to and from PostgreSQL's, for one connection."""
    return Transformer(_adaptation)  # pyright: ignore[reportArgumentType]


def connect(conninfo: str) -> PGconn:
    """A new connection. Raises OperationalError with the server's or libpq's reason."""
    pgconn: PGconn = pq.PGconn.connect(conninfo.encode())
    if pgconn.status != ConnStatus.OK:
        reason = pgconn.get_error_message()
        pgconn.finish()
        raise OperationalError(reason)
    pgconn.nonblocking = 1
    pgconn.notice_handler = _ignore
    return pgconn


def _ignore(_: PGresult) -> None:
    """A notice; libpq would print it."""
