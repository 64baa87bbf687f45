"""Rasa's server, with the project's addresses and secrets: ``python -m exemplar.server MODEL``.

The API's token is handed over inside the process, since anybody on the machine can read a command
line.
"""

from __future__ import annotations

import sys

from exemplar.settings import addresses, shared_secrets


def main() -> None:
    """Runs ``rasa run``."""
    from rasa.__main__ import main as rasa

    from exemplar.nlu.in_english import load_words
    from exemplar.server.processor import install

    # A broken glossary ends the start; and no customer's first message waits for them.
    load_words()
    install()
    where = addresses()
    sys.argv = [
        "rasa",
        "run",
        *("--model", sys.argv[1]),
        *("--endpoints", sys.argv[2]),
        *("--credentials", "credentials.yml"),
        *("--interface", where.host),
        *("--port", str(where.port)),
        # One word: a token may begin with a dash.
        f"--auth-token={shared_secrets().api_token}",
        "--enable-api",
    ]
    rasa()


if __name__ == "__main__":
    main()
