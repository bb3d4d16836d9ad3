"""What an operator sees: one canonical line for each request, message or schedule run, which is log
record (in Powertools' format) and CloudWatch embedded metric (EMF) at once; a logger for all other
lines (traces: tracing.py). Nothing personal, no token and no row content goes into any of them.
"""

import os
import sys
import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson

_environment = {"cold": True}


def cold_start() -> bool:
    """True once in an execution environment."""
    was, _environment["cold"] = _environment["cold"], False
    return was


def canonical_line(
    service: str, kind: str, fields: dict[str, Any], metrics: dict[str, tuple[float, str]]
) -> None:
    """Write the one line. `metrics` maps a name to value and CloudWatch unit; `fields` with the
    names `function`, `version` and `status_class` are their dimensions."""
    now = datetime.now(UTC)
    line = {
        "level": fields.pop("level", "INFO"),
        "message": kind,
        "timestamp": now,
        "service": service,
        **{name: value for name, value in fields.items() if value is not None},
        **{name: value for name, (value, _) in metrics.items()},
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Campus",
                    "Dimensions": [["service", "version", "status_class"]],
                    "Metrics": [{"Name": n, "Unit": unit} for n, (_, unit) in metrics.items()],
                }
            ],
        },
    }
    line.setdefault("version", "none")
    line.setdefault("status_class", "none")
    sys.stdout.write(orjson.dumps(line, option=orjson.OPT_UTC_Z, default=str).decode() + "\n")


@cache
def logger(service: str) -> Any:
    """Powertools' Logger, for lines other than the canonical one."""
    from aws_lambda_powertools import Logger

    return Logger(service=service)


def failure_group(error: BaseException) -> str:
    """What failures are grouped by: exception type and first frame of the application."""
    frame, trace = "unknown", error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename.replace("\\", "/")
        for part in ("/functions/", "/shared/", "/events/"):
            if part in path and (part != "/shared/" or frame == "unknown"):
                where = path[path.rindex(part) + 1 :]
                frame = f"{where}:{trace.tb_frame.f_code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__}@{frame}"


def log_failure(service: str, error: BaseException, **fields: Any) -> None:
    """An unexpected error: its type, where it came from and the SQLSTATE; never its message, which
    may hold what a client sent or a row contains."""
    names: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        names.append(f"{os.path.basename(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    logger(service).error(
        "unexpected error",
        failure_group=failure_group(error),
        sqlstate=getattr(error, "sqlstate", None),
        frames=names[-8:],
        **fields,
    )


class Stopwatch:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self._started) * 1000, 3)
