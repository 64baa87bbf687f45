"""Dates as the shop reckons with them."""

from __future__ import annotations

from datetime import date, timedelta

from exemplar.shop.model import Order, OrderState, PaymentState
from exemplar.shop.policy import Policy, day_of_year


def add_working_days(start: date, days: int) -> date:
    """Returns the date ``days`` working days (Monday to Friday) after ``start``."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day


def in_season(arrival: date, policy: Policy) -> bool:
    """Tells whether what arrives on a day may come back longer than usual."""
    start = day_of_year(policy.season_from, arrival.year)
    return start <= arrival <= day_of_year(policy.season_to, arrival.year)


def returnable_until(arrival: date, policy: Policy) -> date:
    """Returns the last day on which what arrived on a day can be sent back."""
    usual = arrival + timedelta(days=policy.return_days)
    if not in_season(arrival, policy):
        return usual
    end = day_of_year(policy.season_until, arrival.year)
    if end < arrival:
        end = day_of_year(policy.season_until, arrival.year + 1)
    return max(usual, end)


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
        returnable = today <= returnable_until(shipment.delivered_on, policy)
        return OrderState.DELIVERED if returnable else OrderState.KEPT
    if today > shipment.promised_on:
        return OrderState.LATE
    return OrderState.SHIPPED if shipment.shipped_on else OrderState.PROCESSING
