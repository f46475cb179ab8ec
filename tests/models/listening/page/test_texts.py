"""The page's texts: each language has all of them, and what is put into them."""

import json
import re

from tonecast.models.listening.answers.raters import LANGUAGES
from tonecast.models.listening.server.page_files import FOLDER

TEXTS = {name: json.loads((FOLDER / f"texts/{name}.json").read_text()) for name in LANGUAGES}
PAGE = (FOLDER / "index.html").read_text()
SCRIPTS = "\n".join(one.read_text() for one in FOLDER.rglob("*.js"))


def test_languages_have_the_same_texts() -> None:
    for name in LANGUAGES:
        assert TEXTS[name].keys() == TEXTS["en"].keys()
        assert f'<option value="{name}"' in PAGE
        for key, text in TEXTS[name].items():
            assert text.strip()
            parts, in_english = (re.findall(r"\{\w+\}", one) for one in (text, TEXTS["en"][key]))
            assert set(parts) == set(in_english)


def test_texts_that_are_shown_are_there() -> None:
    shown = set(re.findall(r'data-(?:text|label)="(\w+)"', PAGE))
    shown |= set(re.findall(r'\btext\("(\w+)"', SCRIPTS))
    assert not shown - TEXTS["en"].keys()


def test_everything_that_the_server_refuses_has_a_sentence() -> None:
    server = "\n".join(one.read_text() for one in (FOLDER.parent / "server").glob("*.py"))
    words = set(re.findall(r'RefusalError\(\s*\d+,\s*"(\w+)"', server))
    assert len(words) > 8
    assert not {f"error_{word}" for word in words} - TEXTS["en"].keys()


def test_page_loads_nothing_from_elsewhere() -> None:
    everything = PAGE + SCRIPTS + (FOLDER / "style.css").read_text()
    assert not re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", everything)
    assert "innerHTML" not in SCRIPTS
    assert not re.findall(r"""\son\w+=|style=["']""", PAGE)
