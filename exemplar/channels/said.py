"""What is said to a customer, by the assistant or by a person, and how a channel sends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from rasa.core.channels.channel import OutputChannel


@dataclass(frozen=True)
class Said:
    """An utterance.

    Attributes:
        text: what is said.
        buttons: what the customer may say by a click.
        kind: ``agent`` for a person's words, ``claimed`` when one joins; "" for the assistant's own.
        name: the person's.
        id: the same however often it is sent.
    """

    text: str
    buttons: tuple[str, ...] = ()
    kind: str = ""
    name: str = ""
    id: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Returns it as the website's page gets it."""
        return {
            "text": self.text,
            "buttons": list(self.buttons),
            "kind": self.kind,
            "name": self.name,
            "id": self.id,
        }


@runtime_checkable
class ShowsWho(Protocol):
    """A channel that can show who speaks."""

    async def send_said(self, recipient_id: str, said: Said) -> None:
        """Sends an utterance with who says it."""


async def send(channel: OutputChannel, recipient: str, said: Said) -> None:
    """Sends an utterance; a channel that shows no names gets them in the text."""
    if isinstance(channel, ShowsWho):
        await channel.send_said(recipient, said)
        return
    text = f"{said.name}: {said.text}" if said.kind == "agent" and said.name else said.text
    if said.buttons:
        buttons = [{"title": title, "payload": title} for title in said.buttons]
        await channel.send_text_with_buttons(recipient, text, buttons)
    else:
        await channel.send_text_message(recipient, text)
