"""The action server, which reads the company's pages as it starts: ``python -m exemplar.acting``.

To learn from the pages takes seconds, which nobody's first question should wait for.
"""

from __future__ import annotations

import logging
import threading

from rasa_sdk.__main__ import main as serve

from exemplar.errors import ExemplarError
from exemplar.knowledge.search import shared_knowledge

logger = logging.getLogger(__name__)


def main() -> None:
    """Runs ``python -m rasa_sdk``, with its arguments."""
    threading.Thread(target=_read_pages, daemon=True).start()
    serve()


def _read_pages() -> None:
    try:
        shared_knowledge()
    except ExemplarError as error:
        # A page that is mended later counts at once: every question tries anew.
        logger.warning("The pages cannot be read: %s", error)


if __name__ == "__main__":
    main()
