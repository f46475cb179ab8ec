"""TOML files as dataclasses: every field is checked, and what is wrong is named."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ..plugin_core.errors import Error

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(path: Path) -> dict[str, Any]:
    """The tables and values of a TOML file. Raise tonecast.Error if it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Error(f"{path}: not a TOML file: {error}") from None


def build(kind: Any, value: Any, place: str = "", types: Mapping[str, Any] | None = None) -> Any:
    """`value` as the annotated type `kind`. Raise ValueError naming the place where it is not.

    `types` are in place of the annotations of some of a dataclass's fields.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise ValueError(f"'{place.rstrip('.')}' must be a table")
        known = {f.name: f for f in fields(kind)}
        for name in value:
            if name not in known:
                raise ValueError(no_such("field", f"{place}{name}", [place + n for n in known]))
        for name, f in known.items():
            if name not in value and f.default is MISSING and f.default_factory is MISSING:
                raise ValueError(f"the field '{place}{name}' is missing")
        hints = {**get_type_hints(kind), **(types or {})}
        return kind(**{n: build(hints[n], v, f"{place}{n}.") for n, v in value.items()})
    name = place.rstrip(".")
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(build(arguments[0], item, place) for item in value)
    if origin is Literal and value in arguments:
        return value
    if kind is float and type(value) in (int, float):
        return float(value)
    if kind in (int, str, bool) and type(value) is kind:
        return value
    if origin is Literal:
        raise ValueError(no_such(name, str(value), arguments))
    wanted = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
    raise ValueError(f"'{name}' must be {wanted.get(kind, 'a list')}, not {value!r}")


def no_such(what: str, name: str, known: Any) -> str:
    """A message for a name that is not among those `known`, with the closest one."""
    close = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean '{close[0]}'?" if close else f"there is {', '.join(known)}"
    return f"there is no {what} '{name}'; {meant}"
