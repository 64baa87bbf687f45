"""Which shop the process is connected to."""

from __future__ import annotations

from functools import lru_cache

from exemplar.database import shared_database
from exemplar.settings import shop_token, shop_url
from exemplar.shop.policy import shared_policy
from exemplar.shop.rest import RestShop
from exemplar.shop.shop import Shop
from exemplar.shop.sql import SqlShop


@lru_cache(maxsize=1)
def shared_shop() -> Shop:
    """Returns the process's one shop, opened at first use: the company's own over REST, or the database.

    Raises:
        ExemplarError: its URL or token is wrong, or the database cannot be opened.
    """
    if url := shop_url():
        return RestShop(url, shop_token(), shared_policy())
    return SqlShop(shared_database(), shared_policy())
