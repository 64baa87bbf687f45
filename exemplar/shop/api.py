"""Any shop, offered over HTTP; ``docs/connect-your-shop.md`` tells what each call must guarantee.

Email addresses and what customers say go in bodies alone: paths and queries end up in logs.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import Any, Final

import uvicorn
from fastapi import Depends, FastAPI, Header, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field, StrictBool, StrictInt
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

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
    Product,
    Refund,
    Review,
)
from exemplar.shop.shop import NotPossible, Shop
from exemplar.shop.wire import (
    LONGEST_KEY,
    NOT_FOUND,
    NOT_POSSIBLE,
    Deletion,
    Today,
    body_of,
    noun_of,
    to_json,
)

_ABOUT: Final = """
What the assistant asks of the company's shop. Every call carries `Authorization: Bearer <token>`.

Amounts are strings in euros (`"348.50"`), dates `YYYY-MM-DD`, times ISO 8601. Personal data goes in bodies
alone, so a question is a `POST` where it names an email address. A call about an order or an account
carries the email address beside the number; where both do not belong together, the answer is that of an
unknown number.
"""


class Problem(BaseModel):
    """Why a call was not answered."""

    error: str = Field(
        description="`not_found`, `not_possible`, `unauthorized`, `invalid`, `no_such_path` or `failed`"
    )
    message: str = Field(description="for a log; it holds nothing personal")


class Email(BaseModel):
    """An email address."""

    email: str


class Pair(Email):
    """What somebody names to prove whose it is."""

    number: str


class NewAccount(Email):
    """Somebody who wants an account."""

    name: str


class NewsletterWish(Email):
    """Whether somebody wants the newsletter."""

    wanted: StrictBool


class Edit(Email):
    """What is to stand in an account; what is not given stays."""

    name: str | None = None
    phone: str | None = None


class NewType(Email):
    """For whom an account is to be."""

    account_type: AccountType


class Where(Email):
    """Where to."""

    address: body_of(Address)  # type: ignore[valid-type]


class Text(Email):
    """Something in words."""

    text: str


class Trouble(Text):
    """What is wrong with what came."""

    kind: ClaimKind


class Restock(Email):
    """Who waits for which product."""

    product: body_of(Product)  # type: ignore[valid-type]


class Purchase(Where, Restock):
    """What somebody buys; the product's price is what they agreed to."""

    quantity: StrictInt


class GuestPurchase(Purchase):
    """What somebody without an account buys."""

    name: str


class Words(BaseModel):
    """What somebody calls a product."""

    words: str


class Said(BaseModel):
    """What was said in a conversation."""

    conversation: str
    text: str


class Complained(Said):
    """What somebody complains of."""

    order_number: str | None = None


def create_app(shop: Shop, token: str) -> FastAPI:
    """Returns the ASGI application that offers a shop.

    Args:
        shop: safe to share between threads.
        token: what callers must show.

    Raises:
        ExemplarError: the token could not go in a header, or is guessed too easily.
    """
    if not re.fullmatch(r"[\x21-\x7e]{16,}", token):
        raise ExemplarError(
            "EXEMPLAR_SHOP_TOKEN must be 16 or more letters, digits and signs without a space."
        )
    return _application(shop, token)


def _application(shop: Any, token: str) -> FastAPI:
    app = FastAPI(
        title="Exemplar: the shop",
        version="1",
        description=_ABOUT,
        # For the description; the guard below is what turns callers away.
        dependencies=[Depends(HTTPBearer(auto_error=False, description="`EXEMPLAR_SHOP_TOKEN`"))],
        responses=_problems(401, 422),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(_Guard, token=token)
    _answer_problems(app)
    _offer_people(app, shop)
    _offer_orders(app, shop)
    _offer_products_and_words(app, shop)
    return app


def description() -> str:
    """Returns the OpenAPI description as JSON, the same for every shop and every token."""
    described = _application(None, "none").openapi()
    return json.dumps(described, indent=1, ensure_ascii=False)


def server_for(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """Returns a server of the application, not yet running; it writes down no calls."""
    # Without websockets: uvicorn's own needs a newer package than Rasa's server allows.
    return uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, ws="none", access_log=False, log_level="warning")
    )


class _Guard:
    """Turns away who does not show the token, before anything else of a call is looked at."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes a call, as ASGI has it."""
        shown = dict(scope.get("headers") or ()).get(b"authorization", b"")
        if scope["type"] != "http" or secrets.compare_digest(shown, self._wanted):
            await self._app(scope, receive, send)
            return
        refused = _problem(401, "unauthorized", "the token is missing or wrong")
        refused.headers["WWW-Authenticate"] = "Bearer"
        await refused(scope, receive, send)


def _problem(status: int, error: str, message: str) -> JSONResponse:
    return JSONResponse({"error": error, "message": message}, status)


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    said = {
        401: "The token is missing or wrong.",
        404: "There is no such thing, or it does not belong to this email address.",
        409: "Things do not stand so that this could be done; nothing was changed.",
        422: "The call is not as this description says.",
    }
    return {status: {"model": Problem, "description": said[status]} for status in statuses}


_FOUND: Final = _problems(404)
_CHANGED: Final = _problems(404, 409)


class _NotFound(Exception):
    """There is no such thing, or it is somebody else's."""


def _answer_problems(app: FastAPI) -> None:
    @app.exception_handler(_NotFound)
    def not_found(_: Request, __: Exception) -> Response:
        return _problem(404, NOT_FOUND, "there is no such thing, or it belongs to somebody else")

    @app.exception_handler(NotPossible)
    def not_possible(_: Request, error: Exception) -> Response:
        return _problem(409, NOT_POSSIBLE, str(error).encode(errors="replace").decode())

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        # Where and what, without the values: they are people's.
        said = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return _problem(422, "invalid", "; ".join(said))

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> Response:
        return _problem(error.status_code, "no_such_path", str(error.detail))

    @app.exception_handler(Exception)
    def failed(_: Request, __: Exception) -> Response:
        return _problem(500, "failed", "the shop could not do it; its log says why")


def _offer_people(app: FastAPI, shop: Shop) -> None:
    def customer_of(identity: int, email: str) -> Customer:
        known = shop.find_customer(email)
        if known is None or known.id != identity:
            raise _NotFound
        return known

    identity: Any = Path(alias="id", description="the customer's `id`")

    @app.get("/v1/today", response_model=Today, tags=["the shop"])
    def today() -> Any:
        """The shop's date, by which it reckons what is late."""
        return {"today": shop.today()}

    @app.post(
        "/v1/customers/find", response_model=body_of(Customer), responses=_FOUND, tags=["accounts"]
    )
    def find_customer(body: Email) -> Any:
        """The customer with an email address; asked only for somebody who signed in."""
        known = shop.find_customer(body.email)
        if known is None:
            raise _NotFound
        return _json(known)

    @app.post("/v1/customers", status_code=204, tags=["accounts"])
    def create_account(body: NewAccount) -> None:
        """Makes an account and mails a link to choose a password.

        Where there is one, the mail says so; the answer is the same.
        """
        shop.create_account(body.name, body.email)

    @app.post("/v1/password-links", status_code=204, tags=["accounts"])
    def send_password_link(body: Email) -> None:
        """Mails a link to choose a password, if there is such an account; the answer is the same."""
        shop.send_password_link(body.email)

    @app.put("/v1/newsletter", status_code=204, tags=["accounts"])
    def set_newsletter(body: NewsletterWish) -> None:
        """Ends the newsletter for an address, or mails it a link that confirms the wish for it."""
        shop.set_newsletter(body.email, body.wanted)

    @app.post(
        "/v1/customers/{id}/orders/find",
        response_model=list[body_of(Order)],  # type: ignore[misc]
        responses=_FOUND,
        tags=["orders"],
    )
    def orders_of(body: Email, identity: int = identity) -> Any:
        """A customer's orders, the latest first."""
        return _json(shop.orders_of(customer_of(identity, body.email)))

    @app.patch(
        "/v1/customers/{id}",
        response_model=body_of(Customer),
        responses=_CHANGED,
        tags=["accounts"],
    )
    def edit_customer(body: Edit, identity: int = identity) -> Any:
        """Changes the name or the phone number, or both."""
        customer = customer_of(identity, body.email)
        return _json(shop.edit_customer(customer, name=body.name, phone=body.phone))

    @app.put(
        "/v1/customers/{id}/type",
        response_model=body_of(Customer),
        responses=_CHANGED,
        tags=["accounts"],
    )
    def switch_account(body: NewType, identity: int = identity) -> Any:
        """Makes the account one for business or for private use."""
        return _json(shop.switch_account(customer_of(identity, body.email), body.account_type))

    @app.put(
        "/v1/customers/{id}/deletion",
        response_model=Deletion,
        responses=_CHANGED,
        tags=["accounts"],
    )
    def delete_account(body: Email, identity: int = identity) -> Any:
        """Has the account deleted, and tells the day. Asked again, the first day stays.

        Not possible while a parcel or money is on its way.
        """
        return {"deleted_on": shop.delete_account(customer_of(identity, body.email))}

    @app.put(
        "/v1/customers/{id}/addresses",
        response_model=body_of(Customer),
        responses=_CHANGED,
        tags=["accounts"],
    )
    def add_address(body: Where, identity: int = identity) -> Any:
        """Adds an address, unless it is there already."""
        address = noun_of(Address, body.address)
        return _json(shop.add_address(customer_of(identity, body.email), address))

    @app.post(
        "/v1/customers/{id}/orders",
        status_code=201,
        response_model=body_of(Order),
        responses=_CHANGED,
        tags=["orders"],
    )
    def place_order(
        body: Purchase,
        identity: int = identity,
        key: str = Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY),
    ) -> Any:
        """Reserves the product and mails a link to pay.

        The same key places one order, however often it comes, and answers with that. Not possible:
        there are not so many, the price has changed, the account is being deleted, the key was another
        customer's.
        """
        placed = shop.place_order(
            customer_of(identity, body.email),
            noun_of(Product, body.product),
            body.quantity,
            noun_of(Address, body.address),
            key=key,
        )
        return _json(placed, 201)

    @app.post("/v1/guest-orders", status_code=204, responses=_problems(409), tags=["orders"])
    def order_as_guest(
        body: GuestPurchase,
        key: str = Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY),
    ) -> None:
        """Notes what somebody without an account wants, and mails them a link to order and pay it.

        Nobody has proven whose the email address is: nothing of a customer with it is read or changed, and
        the answer is the same for every address. The same key writes one mail. Not possible: there are
        not so many, the price has changed, no mail can go to the address.
        """
        shop.order_as_guest(
            body.name,
            body.email,
            noun_of(Product, body.product),
            body.quantity,
            noun_of(Address, body.address),
            key=key,
        )


def _offer_orders(app: FastAPI, shop: Shop) -> None:
    def order_of(number: str, email: str) -> Order:
        known = shop.find_order(number, email)
        if known is None:
            raise _NotFound
        return known

    order: Any = {"response_model": body_of(Order), "tags": ["orders"]}

    @app.post("/v1/orders/find", responses=_FOUND, **order)
    def find_order(body: Pair) -> Any:
        """The order, if number and email address belong together."""
        return _json(order_of(body.number, body.email))

    @app.post("/v1/invoices/find-order", responses=_FOUND, **order)
    def find_order_of_invoice(body: Pair) -> Any:
        """The order that an invoice is for, if invoice and email address belong together."""
        known = shop.find_order_of_invoice(body.number, body.email)
        if known is None:
            raise _NotFound
        return _json(known)

    @app.post("/v1/orders/{number}/cancellation", responses=_CHANGED, **order)
    def cancel_order(number: str, body: Email) -> Any:
        """Cancels an order that has not left the warehouse; what was paid for it goes back."""
        return _json(shop.cancel_order(order_of(number, body.email)))

    @app.put(
        "/v1/orders/{number}/change",
        response_model=body_of(OrderChange),
        responses=_CHANGED,
        tags=["orders"],
    )
    def change_order(number: str, body: Text) -> Any:
        """Has the packers change an order; a later change takes the earlier one's place."""
        return _json(shop.change_order(order_of(number, body.email), body.text))

    @app.put("/v1/orders/{number}/address", responses=_CHANGED, **order)
    def change_address(number: str, body: Where) -> Any:
        """Sends an order elsewhere that has not left the warehouse."""
        address = noun_of(Address, body.address)
        return _json(shop.change_address(order_of(number, body.email), address))

    @app.post(
        "/v1/orders/{number}/refund",
        response_model=body_of(Refund),
        responses=_CHANGED,
        tags=["orders"],
    )
    def refund_order(number: str, body: Email) -> Any:
        """Sends the money back, once, for an order that is late or can still be returned."""
        return _json(shop.refund_order(order_of(number, body.email)))

    @app.post("/v1/orders/{number}/notes", status_code=204, responses=_CHANGED, tags=["orders"])
    def note_on_order(number: str, body: Text) -> None:
        """Leaves a note on the order that every colleague sees."""
        shop.note_on_order(order_of(number, body.email), body.text)

    @app.post(
        "/v1/orders/{number}/payment-link", status_code=204, responses=_CHANGED, tags=["orders"]
    )
    def send_payment_link(number: str, body: Email) -> None:
        """Mails a link to pay an order that is not paid for."""
        shop.send_payment_link(order_of(number, body.email))

    @app.post("/v1/orders/{number}/second-payment-return", responses=_CHANGED, **order)
    def return_second_payment(number: str, body: Email) -> Any:
        """Sends back, once, what was taken a second time."""
        return _json(shop.return_second_payment(order_of(number, body.email)))

    @app.post(
        "/v1/orders/{number}/invoice-mail", status_code=204, responses=_CHANGED, tags=["orders"]
    )
    def send_invoice(number: str, body: Email) -> None:
        """Mails the order's invoice to its customer."""
        shop.send_invoice(order_of(number, body.email))

    @app.put(
        "/v1/orders/{number}/claims",
        response_model=body_of(Claim),
        responses=_CHANGED,
        tags=["orders"],
    )
    def open_claim(number: str, body: Trouble) -> Any:
        """Opens a claim, once an order and kind: a second call adds the text to the first."""
        return _json(shop.open_claim(order_of(number, body.email), body.kind, body.text))


def _offer_products_and_words(app: FastAPI, shop: Shop) -> None:
    @app.post(
        "/v1/products/find",
        response_model=list[body_of(Product)],  # type: ignore[misc]
        tags=["products"],
    )
    def find_products(body: Words) -> Any:
        """The products that somebody may mean, the likeliest first; at most five."""
        return _json(shop.find_products(body.words))

    @app.put("/v1/restock-mails", status_code=204, responses=_CHANGED, tags=["products"])
    def tell_when_restocked(body: Restock) -> None:
        """Has a mail sent once the product is back. Asked twice, one is sent."""
        shop.tell_when_restocked(body.email, noun_of(Product, body.product))

    @app.put("/v1/complaints", response_model=body_of(Complaint), tags=["what customers say"])
    def register_complaint(body: Complained) -> Any:
        """Registers a complaint, once a conversation: a second call adds the text to the first."""
        return _json(shop.register_complaint(body.conversation, body.text, body.order_number))

    @app.get(
        "/v1/complaints/open",
        response_model=list[body_of(Complaint)],  # type: ignore[misc]
        tags=["what customers say"],
    )
    def open_complaints() -> Any:
        """The complaints that wait for an answer, the most urgent first."""
        return _json(shop.open_complaints())

    @app.put("/v1/reviews", response_model=body_of(Review), tags=["what customers say"])
    def add_review(body: Said) -> Any:
        """Keeps an opinion, once a conversation: a second one takes the first one's place."""
        return _json(shop.add_review(body.conversation, body.text))


def _json(value: Any, status: int = 200) -> JSONResponse:
    # Written here and not by FastAPI, which makes amounts numbers.
    return JSONResponse(to_json(value), status)
