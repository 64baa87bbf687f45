"""Accounts, addresses and the newsletter."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.details import changes_said
from actions.order import change
from actions.who import address_given, customer_asking, email_of
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import AccountType
from exemplar.shop.shop import NotPossible
from exemplar.wording import say_date


class ActionCreateAccount(Action):
    """Makes an account; a link to choose a password is mailed."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_create_account"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change`` to ``made``, whether there was such an account or not."""
        email = str(email_of(tracker))
        shared_shop().create_account(str(tracker.get_slot("name")), email)
        return [SlotSet("change", "made"), SlotSet("mail_to", email)]


class ActionSendPasswordLink(Action):
    """Mails a link to choose a new password."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_send_password_link"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change`` to ``made``, whether there is such an account or not."""
        email = str(email_of(tracker))
        shared_shop().send_password_link(email)
        return [SlotSet("change", "made"), SlotSet("mail_to", email)]


class ActionSetNewsletter(Action):
    """Ends the newsletter, or mails a link that confirms the wish for it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_set_newsletter"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change`` to ``made``."""
        email = str(email_of(tracker))
        shared_shop().set_newsletter(email, tracker.get_slot("newsletter_wish") == "subscribe")
        return [SlotSet("change", "made"), SlotSet("mail_to", email)]


class ActionEditAccount(Action):
    """Changes the customer's name or phone number."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_edit_account"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``, and what stands now."""
        customer, said = customer_asking(tracker), changes_said(tracker)
        if customer is None or not said:
            return [SlotSet("change", "refused")]
        now = shared_shop().edit_customer(customer, name=said.get("name"), phone=said.get("phone"))
        return [
            SlotSet("change", "made"),
            SlotSet("customer_name", now.first_name),
            SlotSet("account_name", now.name),
            SlotSet("account_phone", now.phone),
        ]


class ActionSwitchAccount(Action):
    """Makes the account one for business or for private use."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_switch_account"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made``, ``already`` where it was one before, or ``refused``."""
        customer, chosen = customer_asking(tracker), tracker.get_slot("account_type")
        if customer is None or not chosen:
            return [SlotSet("change", "refused")]
        already = customer.account_type == AccountType(chosen)
        if not already:
            shared_shop().switch_account(customer, AccountType(chosen))
        return [
            SlotSet("change", "already" if already else "made"),
            SlotSet("account_type_now", chosen),
            SlotSet("account_type"),
        ]


class ActionDeleteAccount(Action):
    """Has the account deleted."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_delete_account"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` with the day, or ``refused``."""
        customer = customer_asking(tracker)
        try:
            if customer is None:
                raise NotPossible
            day = shared_shop().delete_account(customer)
        except NotPossible:
            return [SlotSet("change", "refused"), SlotSet("pending")]
        return [
            SlotSet("change", "made"),
            SlotSet("pending"),
            SlotSet("account_deleted_on", say_date(day, shared_shop().today())),
        ]


class ActionAddAddress(Action):
    """Adds an address to the customer's account."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_add_address"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        customer = customer_asking(tracker)
        if customer is None:
            return [SlotSet("change", "refused")]
        address = address_given(tracker, customer)
        shared_shop().add_address(customer, address)
        return [SlotSet("change", "made"), SlotSet("delivery_address", str(address))]


class ActionChangeAddress(Action):
    """Sends an order elsewhere."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_change_address"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        return change(
            tracker,
            lambda order: shared_shop().change_address(
                order, address_given(tracker, order.customer)
            ),
        )
