from __future__ import annotations

from pathlib import Path
from typing import IO

import pytest

from exemplar.errors import ExemplarError
from exemplar.files import check_writable, write_whole


def test_a_file_is_written_whole_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "file.txt"
    write_whole(file, lambda output: output.write(b"content"))
    assert file.read_bytes() == b"content"
    assert list(file.parent.iterdir()) == [file]


def test_when_writing_fails_the_old_file_is_still_there(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(b"old")

    def fail(output: IO[bytes]) -> None:
        output.write(b"half")
        raise OSError("the disk is gone")

    with pytest.raises(ExemplarError, match=r"cannot write .*file\.txt: the disk is gone"):
        write_whole(file, fail)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_in_place_of_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(ExemplarError, match="cannot write"):
        write_whole(tmp_path / "there", lambda output: output.write(b""))
    assert list(tmp_path.iterdir()) == [tmp_path / "there"]


def test_whether_a_folder_can_be_written_to_is_known_beforehand(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(ExemplarError, match="cannot write"):
        check_writable(tmp_path / "file")
