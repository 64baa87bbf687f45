"""A trained assistant packed in seconds."""

from __future__ import annotations

from typing import Any, Final

from rasa.engine.storage import local_model_storage
from tarsafe import TarSafe

#: Of zlib's nine. The highest, which Rasa takes, needs fifteen times as long, and saves a tenth of the file.
_LEVEL: Final = 1


class _Packed(TarSafe):
    """Rasa's archive."""

    @classmethod
    def open(cls, name: Any = None, mode: str = "r", *args: Any, **kwargs: Any) -> TarSafe:
        """Opens an archive; one that is written is compressed lightly."""
        level = {"compresslevel": _LEVEL} if mode == "w:gz" else {}
        return TarSafe.open(name, mode, *args, **level, **kwargs)


def pack_fast() -> None:
    """Has Rasa pack an assistant without squeezing it; a second call changes nothing."""
    local_model_storage.TarSafe = _Packed
