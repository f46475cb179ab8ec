"""The web application of a study.

request ─ headers ─ page files
└ access ─ API ─ raters, answers (SQLite)
└ sounds (FLAC)
"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..answers.database import Database
from ..answers.raters import Raters
from ..answers.store import Answers
from ..study.study import Study
from .access import Access
from .api import Api
from .headers import SecurityHeaders
from .page_files import read_page
from .refusal import RefusalError, answer_refusal
from .sounds import SoundFiles


def make_app(study: Study, folder: Path, database: Database, token: str | None) -> Starlette:
    """The application for a study in `folder`; with a `token`, for those who have it."""
    raters = Raters(database, study)
    access = Access(raters, token)
    answers = Answers(database, final=study.config.test == "abx")
    api = Api(study, SoundFiles(folder), raters, answers, access)
    files = read_page()

    async def page(request: Request) -> Response:
        file = files.get(request.path_params.get("path", "index.html"))
        if file is None:
            raise RefusalError(404, "bad_request", "There is no such page.")
        return Response(
            file.content, media_type=file.media_type, headers={"Cache-Control": "no-cache"}
        )

    return Starlette(
        routes=[Route("/", page), Route("/page/{path:path}", page), *api.routes()],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={RefusalError: answer_refusal},
    )
