"""The shop's nouns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum


class OrderState(str, Enum):
    """How an order stands, as a customer would see it."""

    #: Placed, and not paid for yet.
    UNPAID = "unpaid"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    LATE = "late"
    DELIVERED = "delivered"
    #: Delivered so long ago that it can no longer be sent back.
    KEPT = "kept"
    CANCELLED = "cancelled"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"


class PaymentState(str, Enum):
    """What became of the money for an order."""

    OPEN = "open"
    PAID = "paid"
    #: Tried, and turned down by the bank.
    FAILED = "failed"
    #: Taken two times.
    TWICE = "twice"


class AccountType(str, Enum):
    """For whom an account is."""

    PRIVATE = "private"
    BUSINESS = "business"


class ClaimKind(str, Enum):
    """What is wrong with what came."""

    DAMAGED = "damaged"
    WRONG = "wrong"
    MISSING = "missing"
    WARRANTY = "warranty"


@dataclass(frozen=True)
class Address:
    """Where parcels go."""

    street: str
    postcode: str
    city: str
    country: str

    def __str__(self) -> str:
        """In one line, as it is said back to a customer."""
        return f"{self.street}, {self.postcode} {self.city}, {self.country}"


@dataclass(frozen=True)
class Customer:
    """Somebody with an account.

    Attributes:
        addresses: the customer's own, the first one first.
        deleted_on: the day the account is deleted, where that was asked for.
    """

    id: int
    name: str
    email: str
    phone: str | None = None
    account_type: AccountType = AccountType.PRIVATE
    deleted_on: date | None = None
    addresses: tuple[Address, ...] = ()

    @property
    def first_name(self) -> str:
        """How one greets them; empty for somebody without a name."""
        return (self.name.split() or [""])[0]


@dataclass(frozen=True)
class Product:
    """Something on sale. The price is in euros; ``restocked_on`` is unset where nothing is known."""

    sku: str
    name: str
    category: str
    price: Decimal
    stock: int
    restocked_on: date | None


@dataclass(frozen=True)
class Invoice:
    """A bill, in euros."""

    number: str
    issued_on: date
    amount: Decimal


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
    """What a customer bought at once. Amounts are in euros.

    Attributes:
        second_payment_returned_on: set once a payment that was taken twice went back; ``payment`` is
            then ``paid``.
    """

    number: str
    customer: Customer
    items: tuple[str, ...]
    total: Decimal
    placed_on: date
    cancelled_on: date | None
    shipment: Shipment
    refund: Refund | None
    address: Address
    payment: PaymentState
    payment_method: str
    invoice: Invoice | None
    second_payment_returned_on: date | None = None


@dataclass(frozen=True)
class Complaint:
    """A complaint, registered. ``answer_by`` is when the customer is answered at the latest."""

    number: str
    conversation: str
    order_number: str | None
    text: str
    received: datetime
    answer_by: date


@dataclass(frozen=True)
class OrderChange:
    """What a customer wants otherwise in an order that is still here; the packers act on it."""

    number: str
    order_number: str
    text: str
    requested: datetime


@dataclass(frozen=True)
class Claim:
    """Something wrong with what came; one an order and kind. ``replacement_on`` is the day that a
    replacement is due, unset where the case is looked into first, until ``answer_by``.
    """

    number: str
    order_number: str
    kind: ClaimKind
    text: str
    opened: datetime
    answer_by: date
    replacement_on: date | None


@dataclass(frozen=True)
class Review:
    """A customer's opinion, in their own words."""

    number: str
    conversation: str
    text: str
    written: datetime


@dataclass(frozen=True)
class Mail:
    """A letter that the shop's mailer takes. ``kind`` names its template, ``about`` what it is about."""

    to: str
    kind: str
    about: str
    written: datetime
