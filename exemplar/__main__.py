"""``python -m exemplar``, the same as ``exemplar``."""

from exemplar.cli import main

main()
