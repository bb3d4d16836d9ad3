"""The steps of a build: `function <logical id> TARGET`, `layer <kind> TARGET`, `sizes BUILD`."""

import sys
from pathlib import Path

from infra.build.artifacts import build_function
from infra.build.layer import build_layer
from infra.build.sizes import report, sizes_of_build

USAGE = "usage: python -m infra.build function ID TARGET | layer KIND TARGET | sizes BUILD"


def main(arguments: list[str]) -> int:
    """Run one step. Returns the exit status; `sizes` fails when a budget is not kept."""
    match arguments:
        case ["function", logical_id, target]:
            build_function(logical_id, Path(target))
        case ["layer", kind, target]:
            build_layer(kind, Path(target))
        case ["sizes", build]:
            sizes = list(sizes_of_build(Path(build)))
            print(report(sizes))
            return 0 if all(size.is_within for size in sizes) else 1
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
