"""Who may do what: the study's token, a rater's key, and how often."""

from __future__ import annotations

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ..answers.raters import Rater, Raters
from .limits import ANSWERS, JOINS, REQUESTS, WRONG_KEYS, Limit, RateLimiter
from .refusal import RefusalError

TOKEN_HEADER = "X-Study-Token"
KEY_HEADER = "X-Rater-Key"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Access:
    """Checks requests to the API; each check raises RefusalError.

    Without a `token` only this computer is served: requests that name another host come from a web
    page elsewhere whose name leads here (DNS rebinding).
    """

    def __init__(self, raters: Raters, token: str | None) -> None:
        self._raters, self._token = raters, token
        self._requests, self._answers = RateLimiter(REQUESTS), RateLimiter(ANSWERS)
        self._joins, self._wrong = RateLimiter(JOINS), RateLimiter(WRONG_KEYS)

    def check_study(self, request: Request) -> None:
        """The token, or the host's name; and that not too many were wrong."""
        if self._token is None:
            host = request.headers.get("host", "").lower()
            if (host if host.endswith("]") else host.rsplit(":", 1)[0]) not in LOCAL_HOSTS:
                raise RefusalError(
                    421, "wrong_host", "This study is served to its own computer only."
                )
            return
        self._check_guesses(request)
        given = request.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            self._wrong.wait_s(_client(request))
            raise RefusalError(401, "wrong_token", "The link to this study is not complete.")

    def check_join(self, request: Request) -> None:
        """That not too many have joined from there."""
        self.check_study(request)
        _take(self._joins, JOINS, _client(request))

    async def rater(self, request: Request) -> Rater:
        """The rater of the key."""
        self.check_study(request)
        self._check_guesses(request)
        key = request.headers.get(KEY_HEADER, "")
        found = await run_in_threadpool(self._raters.by_key, key) if key else None
        if found is None:
            self._wrong.wait_s(_client(request))
            raise RefusalError(401, "wrong_key", "This key belongs to no rater of this study.")
        _take(self._requests, REQUESTS, found.code)
        return found

    def check_answer(self, rater: Rater) -> None:
        """That a rater does not answer faster than anyone can."""
        _take(self._answers, ANSWERS, rater.code)

    def _check_guesses(self, request: Request) -> None:
        if self._wrong.is_exhausted(_client(request)):
            raise RefusalError(
                429, "too_many", "Too many wrong keys or links; wait a little.",
                round(1 / WRONG_KEYS.per_s),
            )  # fmt: skip


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _take(limiter: RateLimiter, limit: Limit, client: str) -> None:
    if wait_s := limiter.wait_s(client):
        raise RefusalError(429, "too_many", f"Too many requests; again in {wait_s} s.", wait_s)
