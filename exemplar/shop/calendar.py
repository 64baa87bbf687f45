"""Dates as the shop reckons with them."""

from __future__ import annotations

from datetime import date, timedelta

from exemplar.shop.model import Order, OrderState, PaymentState
from exemplar.shop.policy import Policy


def add_working_days(start: date, days: int) -> date:
    """Returns the date ``days`` working days (Monday to Friday) after ``start``."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day


def state_of(order: Order, today: date, policy: Policy) -> OrderState:
    """Tells how an order stands on a day."""
    if order.refund:
        return OrderState.REFUNDED if order.refund.paid_on else OrderState.REFUND_PENDING
    if order.cancelled_on:
        return OrderState.CANCELLED
    if order.payment in {PaymentState.OPEN, PaymentState.FAILED}:
        return OrderState.UNPAID
    shipment = order.shipment
    if shipment.delivered_on:
        returnable = today - shipment.delivered_on <= timedelta(days=policy.return_days)
        return OrderState.DELIVERED if returnable else OrderState.KEPT
    if today > shipment.promised_on:
        return OrderState.LATE
    return OrderState.SHIPPED if shipment.shipped_on else OrderState.PROCESSING
