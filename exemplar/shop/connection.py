"""Which shop the process is connected to."""

from __future__ import annotations

from functools import lru_cache

from exemplar.database import shared_database
from exemplar.shop.policy import shared_policy
from exemplar.shop.shop import Shop
from exemplar.shop.sql import SqlShop


@lru_cache(maxsize=1)
def shared_shop() -> Shop:
    """Returns the process's one shop, opened at first use."""
    return SqlShop(shared_database(), shared_policy())
