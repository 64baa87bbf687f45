"""The shop's nouns as JSON: amounts are strings, dates and times ISO 8601, enumerations their values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, create_model

#: What an answer's ``error`` says: the caller goes by these, and by no status alone.
NOT_FOUND: Final = "not_found"
NOT_POSSIBLE: Final = "not_possible"
#: Longest key of an order.
LONGEST_KEY: Final = 100

_Noun = TypeVar("_Noun")


class Amount(Decimal):
    """Euros; in JSON a string such as "348.50", since numbers there are often read as fractions of two."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], Decimal]]:
        """For pydantic."""
        yield cls._read

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        """For the OpenAPI description."""
        schema.update(type="string", pattern=r"^-?\d+\.\d\d$", example="348.50")

    @classmethod
    def _read(cls, value: Any) -> Decimal:
        amount = Decimal(str(value)) if isinstance(value, str | int | Decimal) else None
        if amount is None or not amount.is_finite() or amount != amount.quantize(_CENT):
            raise ValueError('an amount is a string such as "348.50"')
        return amount.quantize(_CENT)


_CENT: Final = Decimal("0.01")


class Body(BaseModel):
    """What goes over the wire, with amounts as strings."""

    class Config:
        """Pydantic's own."""

        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[BaseModel]) -> None:
            """Says what may be null, which pydantic's own description leaves out."""
            for name, field in model.__fields__.items():
                if field.allow_none:
                    members = schema["properties"]
                    members[name] = {"anyOf": [members[name], {"type": "null"}]}


class Today(BaseModel):
    """The shop's date."""

    today: date


class Deletion(BaseModel):
    """When an account is deleted."""

    deleted_on: date


@cache
def body_of(noun: type[Any]) -> type[Body]:
    """Returns the JSON body of one of the model's dataclasses, of the same name and fields."""
    hints = get_type_hints(noun)
    members: dict[str, Any] = {}
    for field in fields(noun):
        needed = ... if field.default is MISSING else field.default
        members[field.name] = (_on_the_wire(hints[field.name]), needed)
    body = create_model(noun.__name__, __base__=Body, **members)
    body.__doc__ = inspect.cleandoc(noun.__doc__ or "")
    return body


def _on_the_wire(kind: Any) -> Any:
    if kind is Decimal:
        return Amount
    if is_dataclass(kind):
        return body_of(kind)  # type: ignore[arg-type]
    if get_origin(kind) is tuple:
        return tuple[_on_the_wire(get_args(kind)[0]), ...]  # type: ignore[misc]
    if type(None) in get_args(kind):
        (some,) = set(get_args(kind)) - {type(None)}
        return _on_the_wire(some) | None
    return kind


def noun_of(noun: type[_Noun], body: BaseModel) -> _Noun:
    """Reads a body as the dataclass that it mirrors."""
    hints = get_type_hints(noun)
    members = {name: _plain(hints[name], getattr(body, name)) for name in hints}
    return noun(**members)


def _plain(kind: Any, value: Any) -> Any:
    if isinstance(value, BaseModel):
        # An optional noun's hint names it beside None.
        kinds = [one for one in (kind, *get_args(kind)) if is_dataclass(one)]
        return noun_of(kinds[0], value)  # type: ignore[arg-type]
    if isinstance(value, tuple):
        return tuple(_plain(get_args(kind)[0], one) for one in value)
    return value


def read_noun(noun: type[_Noun], data: Any) -> _Noun:
    """Reads JSON as one of the model's dataclasses, or as a body.

    Raises:
        ValueError: it is not one; the message names the fields.
    """
    if issubclass(noun, BaseModel):
        return noun.parse_obj(data)
    return noun_of(noun, body_of(noun).parse_obj(data))  # type: ignore[arg-type]


def to_json(value: Any) -> Any:
    """Returns a noun as what :mod:`json` writes."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value.quantize(_CENT))
    return value.isoformat() if hasattr(value, "isoformat") else value
