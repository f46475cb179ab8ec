"""What the page asks for: the study, a rater's session, sounds; and where it sends answers."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..answers.answer import read_answer
from ..answers.database import DiskFullError
from ..answers.raters import LANGUAGES, CodeTakenError, Raters
from ..answers.store import Answers
from ..blind.trials import closed
from ..study.flac import Sound
from ..study.study import Study
from .access import KEY_HEADER, Access
from .body import read_object
from .refusal import RefusalError
from .sounds import SoundFiles


class Api:
    """The requests, one method each."""

    def __init__(
        self, study: Study, sounds: SoundFiles, raters: Raters, answers: Answers, access: Access
    ) -> None:
        self._study, self._sounds = study, sounds
        self._raters, self._answers, self._access = raters, answers, access
        self._is_abx = study.config.test == "abx"
        sounds_of_a_track = len(study.tracks[0].sounds)
        self._slots = {"abx": 3, "mushra": sounds_of_a_track + 1}.get(
            study.config.test, sounds_of_a_track
        )

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/study", self.study),
            Route("/api/raters", self.join, methods=["POST"]),
            Route("/api/session", self.session, methods=["POST"]),
            Route("/api/calibrated", self.calibrated, methods=["POST"]),
            Route("/api/answers", self.answer, methods=["POST"]),
            Route("/api/noise", self.noise),
            Route("/api/sounds/{position:int}/{step:int}", self.sound),
        ]

    async def study(self, request: Request) -> Response:
        """What everyone may know of the study."""
        self._access.check_study(request)
        config = self._study.config
        return JSONResponse(
            {
                "name": config.name,
                "contact": config.contact,
                "sample_rate_hz": self._study.sample_rate_hz,
                "test": config.test,
                "steps": self._slots,
                "tracks": len(self._study.tracks),
                "excerpt_s": config.excerpt_s,
                "equal_loudness": config.equal_loudness,
                "break_every": config.break_every,
                "noise_s": config.noise_s,
                "silence_s": config.silence_s,
                "languages": LANGUAGES,
            }
        )

    async def join(self, request: Request) -> Response:
        """Add a rater who agrees; answers with the key."""
        self._access.check_join(request)
        values = await read_object(request)
        if values.get("consent") is not True:
            raise RefusalError(400, "no_consent", "Taking part needs your consent.")
        code, language = values.get("code", ""), values.get("language", "")
        if not isinstance(code, str) or not isinstance(language, str):
            raise RefusalError(400, "bad_code", "code and language must be texts.")
        kind = values.get("kind", "human")
        try:
            key = await run_in_threadpool(self._raters.join, code, language, kind)
        except ValueError as error:
            raise RefusalError(400, "bad_code", f"{error}.") from None
        except CodeTakenError:
            raise RefusalError(409, "code_taken", "Another rater has this code.") from None
        except DiskFullError:
            raise _full() from None
        return JSONResponse({"key": key}, 201)

    async def session(self, request: Request) -> Response:
        """Open the page for a rater: what it hears, and what it has answered."""
        rater = await self._access.rater(request)
        try:
            tab = await run_in_threadpool(self._raters.open_tab, rater)
        except DiskFullError:
            raise _full() from None
        order = await run_in_threadpool(self._raters.order, rater)
        given = await run_in_threadpool(self._answers.of, rater)
        match_db = {one.id: [sound.match_db for sound in one.sounds] for one in self._study.tracks}
        return JSONResponse(
            {
                "code": rater.code,
                "language": rater.language,
                "calibrated": rater.calibrated,
                "tab": tab,
                "positions": [
                    {
                        "start_step": one.start_step,
                        "match_db": [match_db[one.track][slot] for slot in one.slots],
                    }
                    for one in order
                ],
                "closed": closed(order, given) if self._is_abx else [],
                "answers": {
                    str(position): {"step": one.step, "scores": one.scores, "comment": one.comment}
                    for position, one in given.items()
                },
            }
        )

    async def calibrated(self, request: Request) -> Response:
        """The rater has set the level."""
        rater = await self._access.rater(request)
        await read_object(request)
        try:
            await run_in_threadpool(self._raters.calibrate, rater)
        except DiskFullError:
            raise _full() from None
        return JSONResponse({})

    async def answer(self, request: Request) -> Response:
        """Keep an answer. It is on disk before this says so, and which tab was opened last."""
        rater = await self._access.rater(request)
        self._access.check_answer(rater)
        values = await read_object(request)
        try:
            answer = read_answer(values, self._slots, self._study.config.test)
            await run_in_threadpool(self._answers.give, rater, answer)
        except ValueError as error:
            raise RefusalError(400, "bad_request", f"{error}.") from None
        except DiskFullError:
            raise _full() from None
        done: list[int] = []
        if self._is_abx:
            order = await run_in_threadpool(self._raters.order, rater)
            done = closed(order, await run_in_threadpool(self._answers.of, rater))
        return JSONResponse({"tab": rater.tab, "closed": done})

    async def noise(self, request: Request) -> Response:
        """The pink noise."""
        self._access.check_study(request)
        return await self._send(request, self._study.noise)

    async def sound(self, request: Request) -> Response:
        """The track at a position of the rater's order, at a step."""
        rater = await self._access.rater(request)
        position, step = request.path_params["position"], request.path_params["step"]
        order = await run_in_threadpool(self._raters.order, rater)
        if position >= len(order):
            raise RefusalError(404, "bad_request", "There is no such track.")
        sounds = self._study.track(order[position].track).sounds
        slots = order[position].slots
        if step >= len(slots):
            raise RefusalError(404, "bad_request", "There is no such step.")
        return await self._send(request, sounds[slots[step]])

    async def _send(self, request: Request, sound: Sound) -> Response:
        as_wav = request.query_params.get("as") == "wav"
        read = self._sounds.read_wav if as_wav else self._sounds.read
        content = await run_in_threadpool(read, sound)
        if content is None:
            raise RefusalError(500, "sound_missing", "A sound of this study is missing.")
        headers = {"Cache-Control": "private, max-age=86400", "Vary": KEY_HEADER}
        media_type = "audio/wav" if as_wav else "audio/flac"
        return Response(content, media_type=media_type, headers=headers)


def _full() -> RefusalError:
    return RefusalError(507, "disk_full", "The disk of the study's computer is full.")
