"""Budgets of what is uploaded: a function's own part of its artifact, as the archive that Lambda
gets, and a layer unpacked."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.build import packed
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
    """The size of a function's artifact. What counts is the archive of its own part: not the layer
    that is the same in each, and not documents that it serves."""
    files = files_below(folder)
    return Size(
        folder.name,
        archive=_archive(_contents(folder, files)),
        unpacked=_unpacked(files),
        budgeted=_archive(_own(folder, files)),
        budget=ARTIFACT_BYTES,
    )


def _own(folder: Path, files: list[Path]) -> Iterator[tuple[str, bytes]]:
    """What is in an artifact because of its function, `events/` included."""
    for name, content in _contents(folder, files):
        if name == packed.NAME:
            modules: dict[str, str] = json.loads(content)
            own = {path: text for path, text in modules.items() if not path.startswith("shared/")}
            yield name, json.dumps(own, ensure_ascii=False).encode()
        elif not name.startswith("shared/") and not is_served(Path(name)):
            yield name, content


def layer_size(folder: Path) -> Size:
    """The size of a layer, which counts as it lies in the execution environment."""
    files = files_below(folder)
    unpacked = _unpacked(files)
    archive = _archive(_contents(folder, files))
    return Size(folder.name, archive, unpacked, unpacked, LAYER_BYTES)


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


def _contents(folder: Path, files: list[Path]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        yield file.relative_to(folder).as_posix(), file.read_bytes()


def _archive(contents: Iterable[tuple[str, bytes]]) -> int:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents:
            archive.writestr(name, content)
    return written.tell()
