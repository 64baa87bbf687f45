"""A shop of the company's own, over HTTP."""

from __future__ import annotations

import json
import time
import uuid
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import requests

from exemplar.errors import ExemplarError
from exemplar.shop.calendar import state_of
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
from exemplar.shop.policy import Policy
from exemplar.shop.shop import NotPossible, Shop, ShopError
from exemplar.shop.wire import (
    LONGEST_KEY,
    NOT_FOUND,
    NOT_POSSIBLE,
    Deletion,
    Today,
    read_noun,
    to_json,
)

_Noun = TypeVar("_Noun")

#: Seconds until the shop must take a call, and until it must answer one.
_TIMEOUTS: Final = (3.0, 8.0)
#: A call that can be repeated is tried so often, and not again after so many seconds: a customer waits.
_TRIES: Final = 3
_PATIENCE: Final = 12.0
_PAUSE: Final = 0.2
#: What says that the shop is away for a moment.
_AWAY: Final = frozenset({429, 502, 503, 504})
#: Seconds that the shop's date is taken to stay.
_DAY_KNOWN: Final = 30.0


class _NotFound(Exception):
    """The shop says that there is no such thing."""


class _Bearer(requests.auth.AuthBase):
    """The token. Given as ``auth``, no ``.netrc`` can take its place."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Adds the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class RestShop(Shop):
    """A shop behind the interface of ``docs/shop-api.json``. Safe to share between threads.

    Every method raises :class:`ShopError` where the shop is out of reach. Whether a change was made is
    not known then, as with a database that goes down in the middle.
    """

    def __init__(self, url: str, token: str, policy: Policy) -> None:
        """Takes the address before ``/v1``; nothing is asked yet.

        Raises:
            ExemplarError: URL or token cannot be one.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ExemplarError(
                "EXEMPLAR_SHOP_URL must look like https://shop.example/assistant, without a password."
            )
        if not token.isascii() or not token.isprintable() or not token or " " in token:
            raise ExemplarError(
                "EXEMPLAR_SHOP_TOKEN must be the token that the shop gave out: letters, digits and "
                "signs without a space."
            )
        self._url = url.rstrip("/")
        self._shown = parts.netloc
        self._auth = _Bearer(token)
        self._policy = policy
        self._day: tuple[float, date] | None = None

    # -- the shop --------------------------------------------------------------------------------

    def today(self) -> date:
        """The shop's own date, asked for at most twice a minute."""
        known = self._day
        if known is None or time.monotonic() - known[0] > _DAY_KNOWN:
            said = self._read(Today, self._call("GET", "/today", again=True))
            self._day = known = (time.monotonic(), said.today)
        return known[1]

    def state_of(self, order: Order) -> OrderState:
        """See :meth:`Shop.state_of`; reckoned here, from the shop's date and the company's terms."""
        return state_of(order, self.today(), self._policy)

    # -- who is asking ---------------------------------------------------------------------------

    def find_order(self, number: str, email: str) -> Order | None:
        """See :meth:`Shop.find_order`."""
        return self._find(Order, "/orders/find", number=number, email=email)

    def find_order_of_invoice(self, number: str, email: str) -> Order | None:
        """See :meth:`Shop.find_order_of_invoice`."""
        return self._find(Order, "/invoices/find-order", number=number, email=email)

    def find_customer(self, email: str) -> Customer | None:
        """See :meth:`Shop.find_customer`."""
        return self._find(Customer, "/customers/find", email=email)

    def orders_of(self, customer: Customer) -> list[Order]:
        """See :meth:`Shop.orders_of`."""
        try:
            found = self._call(
                "POST", f"/customers/{customer.id}/orders/find", again=True, email=customer.email
            )
        except _NotFound:
            return []
        return self._read_all(Order, found)

    # -- accounts --------------------------------------------------------------------------------

    def create_account(self, name: str, email: str) -> None:
        """See :meth:`Shop.create_account`."""
        self._call("POST", "/customers", name=name, email=email)

    def send_password_link(self, email: str) -> None:
        """See :meth:`Shop.send_password_link`."""
        self._call("POST", "/password-links", email=email)

    def edit_customer(
        self, customer: Customer, *, name: str | None = None, phone: str | None = None
    ) -> Customer:
        """See :meth:`Shop.edit_customer`."""
        return self._read(
            Customer, self._on_customer("PATCH", customer, "", again=True, name=name, phone=phone)
        )

    def switch_account(self, customer: Customer, account_type: AccountType) -> Customer:
        """See :meth:`Shop.switch_account`."""
        changed = self._on_customer("PUT", customer, "/type", again=True, account_type=account_type)
        return self._read(Customer, changed)

    def delete_account(self, customer: Customer) -> date:
        """See :meth:`Shop.delete_account`."""
        said = self._on_customer("PUT", customer, "/deletion", again=True)
        return self._read(Deletion, said).deleted_on

    def add_address(self, customer: Customer, address: Address) -> Customer:
        """See :meth:`Shop.add_address`."""
        changed = self._on_customer("PUT", customer, "/addresses", again=True, address=address)
        return self._read(Customer, changed)

    def set_newsletter(self, email: str, wanted: bool) -> None:
        """See :meth:`Shop.set_newsletter`."""
        self._call("PUT", "/newsletter", email=email, wanted=wanted)

    # -- orders ----------------------------------------------------------------------------------

    def place_order(
        self,
        customer: Customer,
        product: Product,
        quantity: int,
        address: Address,
        *,
        key: str | None = None,
    ) -> Order:
        """See :meth:`Shop.place_order`; the key keeps an order from being doubled by a second try."""
        placed = self._on_customer(
            "POST",
            customer,
            "/orders",
            again=True,
            key=key or uuid.uuid4().hex,
            product=product,
            quantity=quantity,
            address=address,
        )
        return self._read(Order, placed)

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
        """See :meth:`Shop.order_as_guest`; the key keeps a second try from sending a second mail."""
        self._change(
            "POST",
            "/guest-orders",
            again=True,
            key=key or uuid.uuid4().hex,
            name=name,
            email=email,
            product=product,
            quantity=quantity,
            address=address,
        )

    def cancel_order(self, order: Order) -> Order:
        """See :meth:`Shop.cancel_order`."""
        return self._read(Order, self._on_order("POST", order, "/cancellation"))

    def change_order(self, order: Order, text: str) -> OrderChange:
        """See :meth:`Shop.change_order`."""
        return self._read(
            OrderChange, self._on_order("PUT", order, "/change", again=True, text=text)
        )

    def change_address(self, order: Order, address: Address) -> Order:
        """See :meth:`Shop.change_address`."""
        return self._read(
            Order, self._on_order("PUT", order, "/address", again=True, address=address)
        )

    def refund_order(self, order: Order) -> Refund:
        """See :meth:`Shop.refund_order`."""
        return self._read(Refund, self._on_order("POST", order, "/refund"))

    def note_on_order(self, order: Order, text: str) -> None:
        """See :meth:`Shop.note_on_order`."""
        self._on_order("POST", order, "/notes", text=text)

    # -- money -----------------------------------------------------------------------------------

    def send_payment_link(self, order: Order) -> None:
        """See :meth:`Shop.send_payment_link`."""
        self._on_order("POST", order, "/payment-link")

    def return_second_payment(self, order: Order) -> Order:
        """See :meth:`Shop.return_second_payment`."""
        return self._read(Order, self._on_order("POST", order, "/second-payment-return"))

    def send_invoice(self, order: Order) -> None:
        """See :meth:`Shop.send_invoice`."""
        self._on_order("POST", order, "/invoice-mail")

    # -- products --------------------------------------------------------------------------------

    def find_products(self, words: str) -> list[Product]:
        """See :meth:`Shop.find_products`."""
        return self._read_all(
            Product, self._call("POST", "/products/find", again=True, words=words)
        )

    def tell_when_restocked(self, email: str, product: Product) -> None:
        """See :meth:`Shop.tell_when_restocked`."""
        self._change("PUT", "/restock-mails", again=True, email=email, product=product)

    # -- what customers say ----------------------------------------------------------------------

    def open_claim(self, order: Order, kind: ClaimKind, text: str) -> Claim:
        """See :meth:`Shop.open_claim`."""
        return self._read(
            Claim, self._on_order("PUT", order, "/claims", again=True, kind=kind, text=text)
        )

    def register_complaint(
        self, conversation: str, text: str, order_number: str | None
    ) -> Complaint:
        """See :meth:`Shop.register_complaint`."""
        said = {"conversation": conversation, "text": text, "order_number": order_number}
        return self._read(Complaint, self._call("PUT", "/complaints", again=True, **said))

    def open_complaints(self) -> list[Complaint]:
        """See :meth:`Shop.open_complaints`."""
        return self._read_all(Complaint, self._call("GET", "/complaints/open", again=True))

    def add_review(self, conversation: str, text: str) -> Review:
        """See :meth:`Shop.add_review`."""
        said = {"conversation": conversation, "text": text}
        return self._read(Review, self._call("PUT", "/reviews", again=True, **said))

    # -- within ----------------------------------------------------------------------------------

    def _find(self, noun: type[_Noun], path: str, **body: Any) -> _Noun | None:
        try:
            return self._read(noun, self._call("POST", path, again=True, **body))
        except _NotFound:
            return None

    def _on_order(self, method: str, order: Order, path: str, **given: Any) -> Any:
        number = quote(order.number.encode(errors="replace"), safe="")
        return self._change(method, f"/orders/{number}{path}", email=order.customer.email, **given)

    def _on_customer(self, method: str, customer: Customer, path: str, **given: Any) -> Any:
        return self._change(
            method, f"/customers/{customer.id}{path}", email=customer.email, **given
        )

    def _change(self, method: str, path: str, **given: Any) -> Any:
        try:
            return self._call(method, path, **given)
        except _NotFound:
            raise NotPossible("it is gone") from None

    def _call(
        self, method: str, path: str, *, again: bool = False, key: str | None = None, **body: Any
    ) -> Any:
        """Makes a call, and returns the JSON of its answer.

        Args:
            method: HTTP's verb.
            path: after ``/v1``.
            again: whether it may be made a second time where no answer came.
            key: the idempotency key.
            body: what is sent; nothing with GET.

        Raises:
            NotPossible, _NotFound: the shop says so.
            ShopError: it does not answer, or not as agreed.
        """
        deadline = time.monotonic() + _PATIENCE
        for turn in range(_TRIES if again else 1):
            time.sleep(_PAUSE * turn)
            answer = self._send(method, path, key, body)
            last = turn + 1 == _TRIES or time.monotonic() > deadline
            if isinstance(answer, requests.Response) and (answer.status_code not in _AWAY or last):
                return self._understood(answer)
            if last:
                break
        if isinstance(answer, requests.Response):
            return self._understood(answer)
        raise ShopError(
            f"the shop at {self._shown} does not answer ({type(answer).__name__}); see that it runs, "
            "and check EXEMPLAR_SHOP_URL."
        ) from answer

    def _send(
        self, method: str, path: str, key: str | None, body: dict[str, Any]
    ) -> requests.Response | requests.RequestException:
        # Each call has a connection of its own: on an old one that the shop has closed meanwhile, a call
        # that must not be repeated would be lost.
        try:
            return requests.request(
                method,
                f"{self._url}/v1{path}",
                data=json.dumps({k: to_json(v) for k, v in body.items()}) if body else None,
                headers={
                    "Accept": "application/json",
                    **({"Content-Type": "application/json"} if body else {}),
                    # Whatever it is, in letters that a header takes.
                    **({"Idempotency-Key": _header(key)} if key else {}),
                },
                auth=self._auth,
                timeout=_TIMEOUTS,
                # A shop that has moved is told to its operator; the token goes nowhere else.
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return error

    def _understood(self, answer: requests.Response) -> Any:
        status = answer.status_code
        if status == 204:
            return None
        try:
            said = answer.json()
        except ValueError:
            said = None
        if status in {200, 201} and said is not None:
            return said
        error = said.get("error") if isinstance(said, dict) else None
        if status == 404 and error == NOT_FOUND:
            raise _NotFound
        if status == 409 and error == NOT_POSSIBLE:
            raise NotPossible(str(said.get("message") or "the shop cannot do it"))
        if status in {401, 403}:
            raise ShopError(f"the shop at {self._shown} refuses EXEMPLAR_SHOP_TOKEN ({status}).")
        raise ShopError(
            f"the shop at {self._shown} answered {status}, which docs/shop-api.json does not have here"
            f" ({error or 'no JSON with an error in it'})."
        )

    def _read(self, noun: type[_Noun], data: Any) -> _Noun:
        try:
            return read_noun(noun, data)
        except ValueError as error:
            # Pydantic's message names fields and no values.
            said = "; ".join(str(error).splitlines()[1:3])
            raise ShopError(
                f"the shop at {self._shown} answered no {noun.__name__} as in docs/shop-api.json: {said}"
            ) from None

    def _read_all(self, noun: type[_Noun], data: Any) -> list[_Noun]:
        if not isinstance(data, list):
            raise ShopError(f"the shop at {self._shown} answered no list of {noun.__name__}.")
        return [self._read(noun, one) for one in data]


def _header(key: str) -> str:
    fits = key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY and key == key.strip()
    return key if fits else uuid.uuid5(uuid.NAMESPACE_URL, repr(key)).hex
