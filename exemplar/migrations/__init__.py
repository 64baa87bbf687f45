"""The database's tables from version to version, by Alembic.

A change to the tables is a new file in ``versions/``; :data:`NEWEST` names the last one. Files that were
released stay as they are: databases out there have been through them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: The version of this code's tables. It stands here so that opening a database that is up to date need
#: not load Alembic; a test sees that it is the newest of the files.
NEWEST: Final = "0006"
#: What a database without a version is taken for: the release before there were any.
UNNUMBERED: Final = "0001"

FOLDER: Final = Path(__file__).parent
