"""`python -m infra.new_domain NAME`."""

import sys
from pathlib import Path

from infra.new_domain import create

ROOT = Path(__file__).parent.parent.parent

if len(sys.argv) != 2:
    raise SystemExit("say which: make new-domain NAME=library")
for path in create(sys.argv[1], ROOT):
    print(path.relative_to(ROOT))
print(
    "\nNow: make migrate, and a running stack serves it; make fix, to write its OpenAPI documents"
    " and samples; then make test."
)
