"""Budgets of what is uploaded: an artifact as the archive that Lambda gets, a layer unpacked."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.build.artifacts import is_served

ARTIFACT_BYTES = 100_000
LAYER_BYTES = 45_000_000


@dataclass(frozen=True)
class Size:
    """How large one part of a build is, in bytes, and how large it may be."""

    name: str
    archive: int
    unpacked: int
    budgeted: int
    budget: int

    @property
    def is_within(self) -> bool:
        """Whether it keeps its budget."""
        return self.budgeted <= self.budget


def artifact_size(folder: Path) -> Size:
    """The size of a function's artifact; its archive counts, without documents that it serves."""
    files = files_below(folder)
    counted = [file for file in files if not is_served(file.relative_to(folder))]
    return Size(
        folder.name,
        archive=_archive(folder, files),
        unpacked=_unpacked(files),
        budgeted=_archive(folder, counted),
        budget=ARTIFACT_BYTES,
    )


def layer_size(folder: Path) -> Size:
    """The size of a layer, which counts as it lies in the execution environment."""
    files = files_below(folder)
    unpacked = _unpacked(files)
    return Size(folder.name, _archive(folder, files), unpacked, unpacked, LAYER_BYTES)


def sizes_of_build(build: Path) -> Iterator[Size]:
    """Sizes of everything that `sam build` made."""
    for folder in sorted(path for path in build.iterdir() if path.is_dir()):
        is_layer = (folder / "python").is_dir()
        yield layer_size(folder) if is_layer else artifact_size(folder)


def report(sizes: list[Size]) -> str:
    """A table of sizes, in thousands of bytes."""
    head = f"{'':<24}{'archive':>10}{'unpacked':>10}{'counted':>10}{'budget':>10}  (kB)"
    rows = [
        f"{size.name:<24}"
        + "".join(
            f"{number / 1000:>10.1f}"
            for number in (size.archive, size.unpacked, size.budgeted, size.budget)
        )
        + ("" if size.is_within else "  TOO LARGE")
        for size in sizes
    ]
    return "\n".join([head, *rows])


def files_below(folder: Path) -> list[Path]:
    """Every file of a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _unpacked(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)


def _archive(folder: Path, files: list[Path]) -> int:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(folder).as_posix())
    return packed.tell()
