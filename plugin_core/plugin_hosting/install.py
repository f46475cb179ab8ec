"""The plugin into the user's folders, where hosts look for it, and out of them again."""

from __future__ import annotations

import platform
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..archives import unpack
from ..atomic_write import atomic_write
from ..errors import Error
from .bundles import FORMATS, NAME, STANDALONE, Bundle, Format, find_bundles
from .plugin import BUILT

LARGEST_BYTES = 2 * 2**30  # of a package, unpacked
OF_TESTS = "test_plugin"  # is built beside the application
_MACHINES = {62: "x86_64", 183: "aarch64"}  # as ELF numbers them


@dataclass(frozen=True)
class Installed:
    """A bundle that now lies at `path`; `replaced` is the version that was there, or None."""

    format: Format
    path: Path
    version: str
    replaced: str | None


def install(package: Path | None, formats: Sequence[str] = ()) -> list[Installed]:
    """Install the bundles of a zip or a folder, or those that `make plugin` has built.

    All are copied before the first takes its place, each at once. `formats` are those that are
    wanted, all if empty. Raise tonecast.Error where the package is none of ours, not whole, or made
    for another system, or where something else is in the way.
    """
    with _unpacked(package) as folder:
        found = find_bundles(folder)
        bundles = [one for one in found if not formats or one.format.name in formats]
        if not bundles:
            what = " and ".join(formats) or "plugin"
            raise Error(f"{package or folder} holds no {what} of Tonecast")
        for bundle in bundles:
            _check_source(bundle)
            _check_target(bundle.format)
        with ExitStack() as drafts:
            installed = [_install(bundle, drafts) for bundle in bundles]
    for one in installed:
        if one.format is STANDALONE and sys.platform.startswith("linux"):
            _link(one.path / NAME)
    return installed


def uninstall(formats: Sequence[str] = ()) -> list[Path]:
    """Take the bundles out of the user's folders, and say which. Raise tonecast.Error.

    Effects and presets of the user's own are elsewhere, and stay.
    """
    wanted = [one for one in FORMATS if not formats or one.name in formats]
    removed = []
    for format_ in wanted:
        path = format_.installed
        if not path.is_symlink() and not path.exists():
            continue
        _check_target(format_)
        with _explained(path):
            _remove_left_overs(path)
            gone = path.rename(path.with_name(f".tonecast-removed-{path.name}"))
            shutil.rmtree(gone)
        if format_ is STANDALONE and (link := _command()).is_symlink() and not link.exists():
            link.unlink()
        removed.append(path)
    return removed


def _install(bundle: Bundle, drafts: ExitStack) -> Installed:
    """Copy now, rename when the drafts of all bundles are there."""
    target = bundle.format.installed
    before = Bundle(bundle.format, target).version or "an unknown version"
    replaced = before if target.exists() else None
    drafts.enter_context(_explained(target))
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(target)
        draft = drafts.enter_context(atomic_write(target))
        shutil.copytree(bundle.path, draft, ignore=shutil.ignore_patterns(OF_TESTS))
        for program in (Bundle(bundle.format, draft).binary, *draft.rglob("tonecast-trial")):
            if program is not None:  # zip files may not keep who may run what
                program.chmod(program.stat().st_mode | 0o111)
    return Installed(bundle.format, target, bundle.version, replaced)


def _remove_left_overs(target: Path) -> None:
    """Of an installation that was interrupted: hosts might take them for plugins."""
    for left_over in target.parent.glob(f".tonecast-*-{target.stem}*"):
        shutil.rmtree(left_over)


def _link(program: Path) -> None:
    """Let the application be started by its name, unless something else has that name."""
    link = _command()
    if not link.is_symlink() and not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(program)


def _command() -> Path:
    return Path.home() / ".local/bin" / NAME


@contextmanager
def _unpacked(package: Path | None) -> Iterator[Path]:
    if package is None:
        if not BUILT.is_dir():
            raise Error(
                "there is no plugin to install; name the zip or the folder that has it, or run "
                "'make plugin' in the repository"
            )
        yield BUILT.parents[1]
    elif package.is_dir():
        yield package
    else:
        with tempfile.TemporaryDirectory(prefix="tonecast-") as folder:
            unpack(package, Path(folder), LARGEST_BYTES)
            yield Path(folder)


def _check_source(bundle: Bundle) -> None:
    if lacking := bundle.lacks():
        raise Error(f"{bundle.path} is not whole: it lacks {' and '.join(lacking)}")
    binary = bundle.binary
    assert binary is not None  # or it would be lacking
    made_for, here = _system_of(binary), _this_system()
    if made_for != here:
        raise Error(f"{bundle.path} is made for {made_for}, and this is {here}")


def _check_target(format_: Format) -> None:
    """Raise tonecast.Error where what is there was not put there by us."""
    path = format_.installed
    if path.is_symlink():
        raise Error(f"{path} is a link to {path.readlink()}; remove it first")
    if path.exists() and not Bundle(format_, path).is_ours:
        raise Error(f"{path} is no plugin of ours; move it out of the way first")


def _system_of(binary: Path) -> str:
    with binary.open("rb") as file:
        head = file.read(20)
    if head[:4] == b"\x7fELF" and len(head) == 20:
        (machine,) = struct.unpack_from("<H", head, 18)
        return f"Linux {_MACHINES.get(machine, machine)}"
    if head[:2] == b"MZ":
        return "Windows"
    if head[:4] in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"):
        return "macOS"
    return "no known system"


def _this_system() -> str:
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return f"Linux {platform.machine()}" if system == "Linux" else system


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    """Turn what the system refuses into tonecast.Error."""
    try:
        yield
    except shutil.Error as error:  # of a copied folder: each file with its reason
        raise Error(f"{target} cannot be written: {error.args[0][0][-1]}") from None
    except OSError as error:
        in_use = isinstance(error, PermissionError) and sys.platform == "win32"
        hint = "; close the programs that play the plugin" if in_use else ""
        raise Error(f"{target} cannot be written: {error.strerror}{hint}") from None
