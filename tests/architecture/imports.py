"""Who imports whom: the Python packages and the folders of the engine, as a matrix.

    python tests/architecture/imports.py [REPOSITORY]

Reads the files and runs none of them. It prints how many imports lead from each row to each column,
the cycles, what leads upward, and the folders with many files.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# From the top down: each may import those below it, and nothing above.
PACKAGES = ("benchmarks", "models", "export", "plugin_core")
ENGINE = "cpp_host/engine"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
MANY_FILES = 15
CODE = {".py", ".h", ".cpp"}


@dataclass(frozen=True)
class Arrow:
    """One import: the file that imports and the file that is imported, from the root."""

    source: Path
    target: Path

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


def python_arrows(root: Path) -> Iterator[Arrow]:
    """The imports between files of the packages, those inside functions included."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            place = path.relative_to(root)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    for module in _imported(node, place):
                        target = _file_of(root, module)
                        if target is not None and target != place:
                            yield Arrow(place, target)


def _imported(node: ast.ImportFrom, place: Path) -> Iterator[tuple[str, ...]]:
    """Paths of the modules that a statement may mean: `from a import b` is a.b or a."""
    base = tuple((node.module or "").split(".")) if node.module else ()
    if node.level:
        base = (*place.parts[: len(place.parts) - node.level], *base)
    elif base[:1] == ("tonecast",):
        base = base[1:]
    else:
        return
    for alias in node.names:
        yield (*base, alias.name)


def _file_of(root: Path, module: tuple[str, ...]) -> Path | None:
    """The file of a module, or of the one that holds the name; None outside of the packages."""
    for parts in (module, module[:-1]):
        if parts and parts[0] in PACKAGES:
            file = Path(*parts)
            for path in (file.with_suffix(".py"), file.with_suffix(".pyi"), file / "__init__.py"):
                if (root / path).is_file():
                    return path
    return None


def engine_arrows(root: Path) -> Iterator[Arrow]:
    """The includes between files of the engine."""
    folder = root / ENGINE
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".h", ".cpp"}):
        for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            target = folder.parent / name
            if target.is_file():
                yield Arrow(path.relative_to(root), target.relative_to(root))


def room(path: Path, depth: int) -> str:
    """The folder that a file counts to, at a depth from the root; a file above it is its own."""
    return "/".join(path.parts[:depth]) if len(path.parts) > depth else str(path.with_suffix(""))


def matrix(arrows: Collection[Arrow], depth: int) -> Counter[tuple[str, str]]:
    """How many arrows lead from room to room."""
    pairs = ((room(arrow.source, depth), room(arrow.target, depth)) for arrow in arrows)
    return Counter((a, b) for a, b in pairs if a != b)


def cycles(edges: Collection[tuple[str, str]]) -> list[list[str]]:
    """Groups of rooms that can be reached from each other."""
    after: dict[str, set[str]] = {}
    for a, b in edges:
        after.setdefault(a, set()).add(b)
        after.setdefault(b, set())
    reach = {name: _reachable(name, after) for name in after}
    groups = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in after if a in reach[a]}
    return [list(group) for group in sorted(groups)]


def _reachable(start: str, after: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    open_ends = list(after[start])
    while open_ends:
        name = open_ends.pop()
        if name not in found:
            found.add(name)
            open_ends.extend(after[name])
    return found


def upward(arrows: Collection[Arrow]) -> list[Arrow]:
    """Imports of a package that stands above."""
    height = {name: -index for index, name in enumerate(PACKAGES)}
    return [a for a in arrows if height[a.target.parts[0]] > height[a.source.parts[0]]]


def crowded(root: Path) -> list[tuple[str, int]]:
    """Folders with more code files than one looks through; __init__.py does not count."""
    files = [
        path.relative_to(root)
        for part in (*PACKAGES, "cpp_host")
        for path in (root / part).rglob("*")
        if path.suffix in CODE and path.name != "__init__.py"
    ]
    count = Counter(str(path.parent) for path in files)
    # A header and its source are one file to look through.
    for folder in count:
        stems = {path.stem for path in files if str(path.parent) == folder}
        count[folder] = len(stems)
    return sorted((folder, n) for folder, n in count.items() if n > MANY_FILES)


def _print_matrix(title: str, edges: Counter[tuple[str, str]]) -> None:
    names = sorted({name for pair in edges for name in pair})
    short = {name: name.removeprefix(f"{ENGINE}/") for name in names}
    width = max((len(s) for s in short.values()), default=0)
    print(f"\n{title}\n")
    print(f"{'':{width}}  " + "  ".join(f"{short[b]:>{len(short[b])}}" for b in names))
    for a in names:
        cells = (str(edges[a, b] or "·").rjust(len(short[b])) for b in names)
        print(f"{short[a]:{width}}  " + "  ".join(cells))
    found = cycles(list(edges))
    print(f"cycles: {len(found)}", *(" ⇄ ".join(short[n] for n in group) for group in found))


def main(root: Path) -> None:
    """Print everything."""
    python, engine = list(python_arrows(root)), list(engine_arrows(root))
    _print_matrix("Packages: imports from row to column", matrix(python, 1))
    for package in PACKAGES:
        inside = [a for a in python if a.source.parts[0] == a.target.parts[0] == package]
        found = cycles(list(matrix(inside, 2)))
        print(f"{package}, between its folders and files: {len(found)} cycles", *found)
    wrong = upward(python)
    print(f"\nupward arrows: {len(wrong)}", *wrong, sep="\n  ")
    _print_matrix("Engine: includes from row to column", matrix(engine, 3))
    print(f"\nfolders with more than {MANY_FILES} files:")
    for folder, count in crowded(root):
        print(f"  {folder}: {count}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
