"""What an atomic write replaces, and what it leaves as it is."""

import os
from pathlib import Path

import pytest
from tonecast.plugin_core.atomic_write import atomic_write, check_writable


def write(target: Path, text: str = "new") -> None:
    with atomic_write(target) as draft:
        draft.write_text(text)


def test_a_file_is_replaced_when_the_block_ends(tmp_path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with atomic_write(target) as draft:
        draft.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"


def test_after_a_failure_nothing_has_changed(tmp_path) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def fail() -> None:
        with atomic_write(target) as draft:
            draft.write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_pipe_stays_a_pipe_as_any_device_does(tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for target in (pipe, link):
        for attempt in (write, check_writable):
            with pytest.raises(OSError, match="it is a device or a pipe"):
                attempt(target)
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"link", "pipe"}


def test_a_link_stays_a_link_to_what_was_replaced(tmp_path) -> None:
    (tmp_path / "there").mkdir()
    real = tmp_path / "there" / "file"
    real.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(real)
    write(link)
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert [path.name for path in real.parent.iterdir()] == ["file"]


def test_a_link_to_nothing_makes_what_it_leads_to(tmp_path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")
    check_writable(link)
    write(link)
    assert (tmp_path / "file").read_text() == "new"
    assert link.is_symlink()
