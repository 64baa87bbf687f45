"""The shop's nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum


class OrderState(str, Enum):
    """How an order stands, as a customer would see it."""

    PROCESSING = "processing"
    SHIPPED = "shipped"
    LATE = "late"
    DELIVERED = "delivered"
    #: Delivered so long ago that it can no longer be sent back.
    KEPT = "kept"
    CANCELLED = "cancelled"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Customer:
    """Somebody who bought here."""

    id: int
    name: str
    email: str

    @property
    def first_name(self) -> str:
        """How one greets them."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Shipment:
    """The parcel of an order.

    Attributes:
        promised_on: the day the customer was told.
        expected_on: the day the carrier expects now.
        last_seen: where the carrier scanned it last.
    """

    carrier: str
    tracking_number: str
    promised_on: date
    expected_on: date
    last_seen: str
    shipped_on: date | None
    delivered_on: date | None


@dataclass(frozen=True)
class Refund:
    """Money on its way back. ``paid_on`` is unset until it has been paid."""

    number: str
    amount: Decimal
    requested_on: date
    due_on: date
    paid_on: date | None


@dataclass(frozen=True)
class Order:
    """What a customer bought at once. Amounts are in euros."""

    number: str
    customer: Customer
    items: tuple[str, ...]
    total: Decimal
    placed_on: date
    cancelled_on: date | None
    shipment: Shipment
    refund: Refund | None


@dataclass(frozen=True)
class Complaint:
    """A complaint, registered. ``answer_by`` is when the customer is answered at the latest."""

    number: str
    conversation: str
    order_number: str | None
    text: str
    received: datetime
    answer_by: date
