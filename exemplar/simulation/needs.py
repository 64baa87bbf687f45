"""What simulated customers want, and how it shows that they got it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

#: Orders of the demonstration shop, by how they stand.
ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "unpaid": ("ML-104226",),
    "processing": ("ML-104217",),
    "shipped": ("ML-104198", "ML-104171"),
    "late": ("ML-104163", "ML-104188", "ML-104120"),
    "delivered": ("ML-104102", "ML-104140", "ML-104075"),
    "kept": ("ML-103874", "ML-103990"),
    "refund_pending": ("ML-104055",),
    "refunded": ("ML-104031",),
    "failed": ("ML-104222",),
    "twice": ("ML-104205",),
}


@dataclass(frozen=True)
class Need:
    """One thing that a customer wants.

    Attributes:
        goal: the intent that says it.
        order: how the order stands that it is about, a key of :data:`ORDERS`.
        served_by: what the name of a response begins with that gives it; any of them does.
        weight: how frequent it is beside the others.
        query: counts what the shop's database shows of it once it is done, given ``:order``, ``:email``
            and ``:sender``; None where a look at the database tells nothing.
        yes: whether this customer says yes when asked for confirmation.
    """

    goal: str
    order: str
    served_by: tuple[str, ...]
    weight: float = 1.0
    query: str | None = None
    yes: bool = True

    @property
    def name(self) -> str:
        """How tables call it: ``track order, late``."""
        return f"{self.goal.replace('_', ' ')}, {self.order.replace('_', ' ')}"

    def is_served_by(self, actions: Collection[str]) -> bool:
        """Tells whether one of the actions gives what is wanted."""
        return any(action.startswith(self.served_by) for action in actions)


def _count(table: str, where: str) -> str:
    return f"SELECT count(*) FROM {table} WHERE {where}"


_CLAIM: Final = _count("claims", "order_number = :order")
_MAIL: Final = 'lower(mails."to") = lower(:email) AND kind = '
_OWNER: Final = "customer_id = (SELECT id FROM customers WHERE email = :email)"
_ORDER: Final = "number = :order AND "

#: Frequent matters more often, as on any service desk; the weights are a guess.
NEEDS: Final[tuple[Need, ...]] = (
    Need("track_order", "late", ("utter_explain_order_late", "utter_expect_order_late"), 5),
    Need("track_order", "shipped", ("utter_explain_order_shipped",), 2),
    Need("track_order", "processing", ("utter_explain_order_processing",), 2),
    Need("track_order", "delivered", ("utter_explain_order_delivered",), 1),
    Need(
        "cancel_order",
        "processing",
        ("utter_resolve_order_cancelled",),
        3,
        _count("orders", f"{_ORDER} cancelled_on IS NOT NULL"),
    ),
    Need(
        "cancel_order",
        "late",
        ("utter_resolve_refund",),
        1,
        _count("refunds", "order_number = :order"),
    ),
    Need("cancel_order", "shipped", ("utter_explain_cancel_too_late",), 1),
    Need("cancel_order", "delivered", ("utter_explain_cancel_delivered",), 0.5),
    Need(
        "get_refund",
        "late",
        ("utter_resolve_refund",),
        3,
        _count("refunds", "order_number = :order"),
    ),
    Need(
        "get_refund",
        "delivered",
        ("utter_resolve_refund",),
        2,
        _count("refunds", "order_number = :order"),
    ),
    Need("get_refund", "kept", ("utter_explain_refund_kept",), 1),
    Need("get_refund", "shipped", ("utter_explain_refund_shipped",), 0.5),
    Need(
        "track_refund",
        "refund_pending",
        (
            "utter_explain_refund_pending",
            "utter_expect_refund_pending",
            "utter_own_refund_pending",
        ),
        3,
    ),
    Need("track_refund", "refunded", ("utter_explain_refund_paid",), 1),
    Need("track_refund", "delivered", ("utter_explain_no_refund",), 0.5),
    Need(
        "change_order",
        "processing",
        ("utter_resolve_order_changed",),
        1.5,
        _count("order_changes", "order_number = :order"),
    ),
    Need("change_order", "shipped", ("utter_explain_change_too_late",), 0.5),
    Need(
        "change_shipping_address",
        "processing",
        ("utter_resolve_address_changed",),
        1.5,
        _count("orders", f"{_ORDER} street = :street"),
    ),
    Need("change_shipping_address", "shipped", ("utter_explain_address_too_late",), 0.5),
    Need(
        "payment_issue",
        "failed",
        ("utter_resolve_payment_link",),
        1.5,
        _count("mails", "about = :order AND kind = 'payment_link'"),
    ),
    Need("payment_issue", "twice", ("utter_resolve_payment_returned",), 1.5),
    Need("payment_issue", "processing", ("utter_explain_payment_fine",), 0.5),
    Need("check_invoice", "delivered", ("utter_explain_invoice",), 1),
    Need(
        "get_invoice",
        "delivered",
        ("utter_resolve_invoice_sent",),
        1,
        _count("mails", "about LIKE 'IN-' || substr(:order, 4) AND kind = 'invoice'"),
    ),
    Need("report_damaged_item", "delivered", ("utter_resolve_claim",), 3, _CLAIM),
    Need("report_wrong_item", "delivered", ("utter_resolve_claim",), 2, _CLAIM),
    Need("report_missing_item", "delivered", ("utter_resolve_claim",), 2, _CLAIM),
    Need(
        "complaint",
        "late",
        ("utter_resolve_complaint",),
        2,
        _count("complaints", "conversation = :sender"),
    ),
    Need(
        "create_account",
        "processing",
        ("utter_resolve_account_created",),
        1,
        _count(
            "mails", "lower(mails.\"to\") = 'new.' || lower(:email) AND kind = 'choose_password'"
        ),
    ),
    Need(
        "recover_password",
        "processing",
        ("utter_resolve_password_link",),
        2,
        _count("mails", f"{_MAIL} 'new_password'"),
    ),
    Need(
        "registration_problems",
        "processing",
        ("utter_resolve_password_link", "utter_explain_registration"),
        1,
    ),
    Need(
        "edit_account",
        "delivered",
        ("utter_resolve_account_edited",),
        1,
        _count("customers", "email = :email AND (phone = :phone OR name = :new_name)"),
    ),
    Need(
        "delete_account",
        "delivered",
        ("utter_resolve_account_deleted",),
        1,
        _count("customers", "email = :email AND deleted_on IS NOT NULL"),
    ),
    Need(
        "switch_account",
        "delivered",
        ("utter_resolve_account_switched",),
        0.5,
        _count("customers", "email = :email AND account_type = 'business'"),
    ),
    Need(
        "set_up_shipping_address",
        "delivered",
        ("utter_resolve_address_added",),
        1,
        _count("addresses", f"street = :street AND {_OWNER}"),
    ),
    Need("place_order", "delivered", ("utter_resolve_order_placed",), 2),
    Need("check_stock", "delivered", ("utter_explain_stock", "utter_explain_sold_out"), 1.5),
    Need(
        "newsletter_subscription",
        "delivered",
        ("utter_resolve_newsletter",),
        1,
        _count("newsletter", "lower(email) = lower(:email)"),
    ),
    Need(
        "review",
        "delivered",
        ("utter_resolve_review",),
        0.5,
        _count("reviews", "conversation = :sender"),
    ),
    Need("delivery_options", "processing", ("utter_explain_delivery_options",), 1),
    Need("delivery_period", "processing", ("utter_explain_delivery_period",), 1),
    Need("check_payment_methods", "processing", ("utter_explain_payment_methods",), 1),
    Need("check_cancellation_fee", "processing", ("utter_explain_cancellation_fee",), 1),
    Need("check_refund_policy", "delivered", ("utter_explain_refund_policy",), 1),
    Need("ask_warranty", "delivered", ("utter_explain_warranty",), 1),
    Need("ask_product", "delivered", ("utter_explain_answer",), 1.5),
    Need("product_advice", "delivered", ("utter_explain_answer",), 1),
    Need("contact_customer_service", "delivered", ("utter_explain_contact",), 1),
    Need("contact_human_agent", "late", ("utter_handover_waiting",), 2),
)
