"""Zip files of others, unpacked into a folder that nothing leaves and that stays small."""

from __future__ import annotations

import zipfile
from pathlib import Path

from .errors import Error

MOST_FILES = 10_000


def unpack(archive: Path, folder: Path, largest_bytes: int) -> None:
    """Unpack a zip file, with the permissions of its files. Raise tonecast.Error."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
            if len(entries) > MOST_FILES:
                raise Error(f"{archive} holds more than {MOST_FILES} files")
            if sum(entry.file_size for entry in entries) > largest_bytes:
                raise Error(f"{archive} holds more than {largest_bytes / 2**20:.0f} MiB")
            for entry in entries:
                _extract(zipped, entry, folder)
    except OSError as error:
        raise Error(f"{archive} cannot be unpacked: {error.strerror or error}") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Error(f"{archive} cannot be unpacked as a zip file: {error}") from None


def _extract(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """As zipfile does, which keeps names inside of the folder, but with permissions."""
    path = Path(zipped.extract(entry, folder))
    permissions = entry.external_attr >> 16 & 0o777
    if permissions and path.is_file():
        path.chmod(permissions | 0o600)
