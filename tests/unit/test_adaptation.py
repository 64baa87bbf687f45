from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exemplar.emotion.adaptation import ADAPTATION_FILE, Adaptation, difference, load_adaptation
from exemplar.emotion.base import base_model_folder, load_weights
from exemplar.errors import ExemplarError

TOPIC = np.eye(384, dtype=np.float32)


def weights(change: float = 0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    matrix, vector = rng.normal(size=(5, 7)), rng.normal(size=7)
    other = np.random.default_rng(1)
    return {
        "changed": (matrix + change * other.normal(size=(5, 7))).astype(np.float32),
        "vector": (vector + change * other.normal(size=7)).astype(np.float32),
        "same": np.ones((3, 3), np.float32),
    }


def test_what_is_applied_is_within_half_a_step_of_what_was_trained() -> None:
    base, trained = weights(), weights(0.1)
    adaptation = difference(base, trained, TOPIC)
    applied = adaptation.apply(base)
    for name in base:
        step = adaptation.scales.get(name, np.zeros(1))
        assert (np.abs(applied[name] - trained[name]) <= step / 2 + 1e-6).all()


def test_the_base_model_stays_as_it_is() -> None:
    base = weights()
    difference(base, weights(0.1), TOPIC).apply(base)
    assert all(np.array_equal(base[name], weights()[name]) for name in base)


def test_what_did_not_change_takes_no_room() -> None:
    assert sorted(difference(weights(), weights(0.1), TOPIC).steps) == ["changed", "vector"]


def test_an_adaptation_survives_save_and_load(tmp_path: Path) -> None:
    adaptation = difference(weights(), weights(0.1), TOPIC)
    adaptation.save(tmp_path / "new" / "adaptation.npz")
    again = load_adaptation(tmp_path / "new" / "adaptation.npz")
    before, after = adaptation.apply(weights()), again.apply(weights())
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert np.array_equal(again.topic, TOPIC)


def test_the_weights_in_the_repository_stay_below_8_mb() -> None:
    files = [file for file in ADAPTATION_FILE.parent.iterdir() if file.suffix == ".npz"]
    assert len(files) == 4
    assert sum(file.stat().st_size for file in files) < 8_000_000


def test_the_projects_adaptation_fits_the_base_model() -> None:
    base = load_weights(base_model_folder())
    adapted = load_adaptation().apply(base)
    assert adapted.keys() == base.keys()
    assert all(adapted[name].shape == base[name].shape for name in base)
    assert any(not np.array_equal(adapted[name], base[name]) for name in base)


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1", None])
def test_a_missing_or_broken_adaptation_is_one_clear_error(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "adaptation.npz"
    file.write_bytes(ADAPTATION_FILE.read_bytes()[:1000] if content is None else content)
    with pytest.raises(ExemplarError, match=r"adaptation\.npz .*run 'exemplar emotion train'"):
        load_adaptation(file)
    with pytest.raises(ExemplarError, match=r"nowhere\.npz .*run 'exemplar emotion train'"):
        load_adaptation(tmp_path / "nowhere.npz")


def test_an_adaptation_of_another_shape_is_one_clear_error(tmp_path: Path) -> None:
    Adaptation({}, {}, np.eye(3, dtype=np.float32)).save(tmp_path / "adaptation.npz")
    with pytest.raises(ExemplarError, match="another version"):
        load_adaptation(tmp_path / "adaptation.npz")
