"""What the assistant asks of the company's system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date

from exemplar.errors import ExemplarError
from exemplar.shop.model import (
    AccountType,
    Address,
    Claim,
    ClaimKind,
    Complaint,
    Customer,
    Order,
    OrderChange,
    OrderState,
    Product,
    Refund,
    Review,
)


class NotPossible(Exception):
    """Things do not stand so that this could be done; nothing was changed."""


class ShopError(ExemplarError):
    """The shop does not answer, or not as ``docs/shop-api.json`` says; holds nothing personal."""


class Shop(ABC):
    """Customers, orders, products and what is written about them, as the company's system keeps them.

    Where a customer or an order is given, the caller has made sure of who is asking; every change
    raises :class:`NotPossible` where they, or a product, are gone meanwhile. Text may be anything that people
    paste: what cannot be kept is replaced or cut, and an email address that cannot be one gets no mail.
    """

    # -- who is asking ---------------------------------------------------------------------------

    @abstractmethod
    def find_order(self, number: str, email: str) -> Order | None:
        """Returns the order if both belong together, else None.

        A wrong number and somebody else's number look the same from outside.
        """

    @abstractmethod
    def find_order_of_invoice(self, number: str, email: str) -> Order | None:
        """Returns the order that an invoice is for, if invoice and email belong together, else None."""

    @abstractmethod
    def find_customer(self, email: str) -> Customer | None:
        """Returns the customer with an email address. Never ask this for somebody who only says so."""

    @abstractmethod
    def orders_of(self, customer: Customer) -> list[Order]:
        """Returns a customer's orders, the latest first."""

    # -- accounts --------------------------------------------------------------------------------

    @abstractmethod
    def create_account(self, name: str, email: str) -> None:
        """Makes an account and mails a link to choose a password.

        Where there is one with that address, the mail says so; from outside both look the same.
        """

    @abstractmethod
    def send_password_link(self, email: str) -> None:
        """Mails a link to choose a new password, if there is such an account. Both look the same."""

    @abstractmethod
    def edit_customer(
        self, customer: Customer, *, name: str | None = None, phone: str | None = None
    ) -> Customer:
        """Changes what is given, and returns the customer as they stand then."""

    @abstractmethod
    def switch_account(self, customer: Customer, account_type: AccountType) -> Customer:
        """Makes the account one for business or for private use."""

    @abstractmethod
    def delete_account(self, customer: Customer) -> date:
        """Has the account deleted, and returns the day. Asked again, the first day stays.

        Raises:
            NotPossible: an order of theirs is still on its way, or money is.
        """

    @abstractmethod
    def add_address(self, customer: Customer, address: Address) -> Customer:
        """Adds an address, unless it is there already."""

    @abstractmethod
    def set_newsletter(self, email: str, wanted: bool) -> None:
        """Ends the newsletter for an address, or mails it a link that confirms the wish for it."""

    # -- orders ----------------------------------------------------------------------------------

    @abstractmethod
    def state_of(self, order: Order) -> OrderState:
        """Tells how an order stands today."""

    @abstractmethod
    def place_order(
        self,
        customer: Customer,
        product: Product,
        quantity: int,
        address: Address,
        *,
        key: str | None = None,
    ) -> Order:
        """Reserves the product and mails a link to pay; it is packed once it is paid for.

        Args:
            customer: who buys.
            product: as it was found; its price is what the customer agreed to.
            quantity: how many, 1 or more.
            address: where to.
            key: names the wish. Asked again with the same key, the first order is returned.

        Raises:
            NotPossible: there are not so many in stock, the price has changed, the account is being
                deleted, or the key was another customer's.
        """

    @abstractmethod
    def order_as_guest(
        self,
        name: str,
        email: str,
        product: Product,
        quantity: int,
        address: Address,
        *,
        key: str | None = None,
    ) -> None:
        """Notes what somebody without an account wants, and mails a link with which they order and pay it.

        Nobody has proven whose the email address is. So nothing is reserved, and nothing of a customer with
        that address is read, shown or changed: from outside a known address looks like any other, and it
        becomes an order only for whoever reads its mail.

        Args:
            name: who buys.
            email: where the link goes.
            product: as it was found; its price is what they agreed to.
            quantity: how many, 1 or more.
            address: where to.
            key: names the wish. Asked again with the same key, one mail is written.

        Raises:
            NotPossible: there are not so many in stock, the price has changed, or no mail can go to the
                email address.
        """

    @abstractmethod
    def cancel_order(self, order: Order) -> Order:
        """Cancels an order that has not left the warehouse; what was paid for it goes back.

        Raises:
            NotPossible: it has left, or was cancelled before.
        """

    @abstractmethod
    def change_order(self, order: Order, text: str) -> OrderChange:
        """Has the packers change an order. Before they do, a later change takes the earlier one's place.

        Raises:
            NotPossible: it has left the warehouse, or was cancelled.
        """

    @abstractmethod
    def change_address(self, order: Order, address: Address) -> Order:
        """Sends an order elsewhere.

        Raises:
            NotPossible: it has left the warehouse, or was cancelled.
        """

    @abstractmethod
    def refund_order(self, order: Order) -> Refund:
        """Sends the money back for an order that is late or can still be returned.

        Raises:
            NotPossible: it is neither, or was refunded before.
        """

    @abstractmethod
    def note_on_order(self, order: Order, text: str) -> None:
        """Leaves a note on the order that every colleague sees."""

    # -- money -----------------------------------------------------------------------------------

    @abstractmethod
    def send_payment_link(self, order: Order) -> None:
        """Mails a link to pay an order that is not paid for.

        Raises:
            NotPossible: it is paid for, or was cancelled.
        """

    @abstractmethod
    def return_second_payment(self, order: Order) -> Order:
        """Sends back what was taken a second time.

        Raises:
            NotPossible: it was taken once only.
        """

    @abstractmethod
    def send_invoice(self, order: Order) -> None:
        """Mails the order's invoice to its customer.

        Raises:
            NotPossible: there is none yet.
        """

    # -- products --------------------------------------------------------------------------------

    @abstractmethod
    def find_products(self, words: str) -> list[Product]:
        """Returns the products that somebody may mean, the likeliest first; at most five."""

    @abstractmethod
    def tell_when_restocked(self, email: str, product: Product) -> None:
        """Has a mail sent once the product is back. Asked twice, one is sent."""

    # -- what customers say ----------------------------------------------------------------------

    @abstractmethod
    def open_claim(self, order: Order, kind: ClaimKind, text: str) -> Claim:
        """Opens a claim, once an order and kind: a second call adds the text to the first.

        What is damaged, wrong or missing in a delivered order is sent anew at once; a warranty claim
        is looked into first.

        Raises:
            NotPossible: the order was not delivered, was refunded, or the warranty has run out.
        """

    @abstractmethod
    def register_complaint(
        self, conversation: str, text: str, order_number: str | None
    ) -> Complaint:
        """Registers a complaint, once a conversation: a second call adds the text to the first."""

    @abstractmethod
    def open_complaints(self) -> list[Complaint]:
        """Returns the complaints that wait for an answer, the most urgent first."""

    @abstractmethod
    def add_review(self, conversation: str, text: str) -> Review:
        """Keeps a customer's opinion, once a conversation: a second one takes the first one's place."""

    @abstractmethod
    def today(self) -> date:
        """The shop's date."""
