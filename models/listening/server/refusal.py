"""What is refused: a status, a word that the page has a sentence for, and one for people."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class RefusalError(Exception):
    """Ends a request. `word` is a key of the page's texts."""

    def __init__(self, status: int, word: str, sentence: str, wait_s: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.word, self.wait_s = status, word, wait_s


def answer_refusal(request: Request, error: Exception) -> Response:
    """The answer to a request that is refused."""
    assert isinstance(error, RefusalError)
    headers = {"Retry-After": str(error.wait_s)} if error.wait_s else {}
    held = {"error": error.word, "message": str(error)}
    return JSONResponse(held, error.status, headers)
