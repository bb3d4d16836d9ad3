"""Build the docs page where the health function serves it: `python -m infra.docs_page`."""

from pathlib import Path

from infra.docs_page.bundle import build

TARGET = Path(__file__).parents[2] / "functions" / "health" / "page"

if __name__ == "__main__":
    build(TARGET)
