"""Learning a capture without the command: nothing is printed, and callers see what happens."""

from pathlib import Path

import numpy as np
import pytest
from pedalboard import Distortion
from pedalboard.io import WriteableAudioFile
from tonecast.models.capture.learn import learn_capture
from tonecast.models.data.synthetic import synthetic_notes
from tonecast.models.training.loop import Trainer

RATE_HZ = 8000


def test_training_that_returns_early_is_an_error_and_can_be_resumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = synthetic_notes(RATE_HZ, 0.3, seed=1)[::5]
    dry = np.concatenate([note.dry for note in notes])[None]
    for name, sound in (("dry", dry), ("wet", Distortion(15)(dry, RATE_HZ))):
        with WriteableAudioFile(str(tmp_path / f"{name}.wav"), RATE_HZ, 1, 24) as file:
            file.write(sound)
    checks, plans = [], []

    def stop_at_once(trainer: Trainer) -> None:
        trainer.save()

    for attempt in (1, 2):
        with pytest.raises(ValueError, match=r"shaper\.pt: the training has not finished"):
            learn_capture(
                tmp_path / "dry.wav",
                tmp_path / "wet.wav",
                "my-device",
                0.01,
                tmp_path / "out",
                stop_at_once,
                on_check=checks.append,
                on_plan=plans.append,
            )
        assert len(plans) == attempt
    assert plans[0] == plans[1]
    assert "polarity" in {result.check for result in checks}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["my-device.tried"]
    out, err = capsys.readouterr()
    assert out == err == ""
