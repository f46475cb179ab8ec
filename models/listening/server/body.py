"""The body of a request: a JSON object of bounded size."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from .refusal import RefusalError

MAX_BYTES = 16 * 1024


async def read_object(request: Request) -> dict[str, Any]:
    """The object in a request's body. Raise RefusalError.

    Forms of other web pages cannot send this type: browsers ask first whether they may.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise RefusalError(415, "bad_request", "Send application/json.")
    held = b""
    async for piece in request.stream():
        held += piece
        if len(held) > MAX_BYTES:
            raise RefusalError(413, "bad_request", f"Send at most {MAX_BYTES} bytes.")
    try:
        values = json.loads(held)
    except (ValueError, RecursionError):
        raise RefusalError(400, "bad_request", "This is not JSON.") from None
    if not isinstance(values, dict):
        raise RefusalError(400, "bad_request", "Send a JSON object.")
    return values
