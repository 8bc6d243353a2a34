"""Where a language model is reached, as whom, and what is known of it.

Knows addresses and keys; knows no format. A key leaves this module only through `Key.reveal`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from dj_agent.providers.errors import Misconfigured

# What keys look like, whoever's they are: a server may quote one that isn't ours.
_KEY_LIKE = re.compile(r"\b(?:sk-|AIza|gsk_|xai-)[\w*.…-]{6,}|\bBearer\s+\S+")


class Key:
    """A secret. Nothing that prints, logs or formats this object shows it."""

    def __init__(self, secret: str = "") -> None:
        self._secret = secret

    @classmethod
    def read(cls, value: str, name: str) -> Key:
        """The key that the setting `name` holds. Raises `Misconfigured` if no header could carry
        it: the library's own error would quote it."""
        secret = value.strip()
        if not re.fullmatch(r"[\x21-\x7e]*", secret):
            raise Misconfigured(
                f"{name} holds spaces or characters that no key has; copy the key again."
            )
        return cls(secret)

    def reveal(self) -> str:
        return self._secret

    def kept_out_of(self, text: str) -> str:
        """The text without this key, or anything that looks like one."""
        if self._secret:
            text = text.replace(self._secret, "***")
        return _KEY_LIKE.sub("***", text)

    def __bool__(self) -> bool:
        return bool(self._secret)

    def __repr__(self) -> str:
        return "Key(***)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at an address."""

    name: str
    """The provider, as DJ_PROVIDER has it."""
    label: str
    """The provider, as sentences have it."""
    model: str
    address: str
    context_tokens: int
    """How much the model can read and write in one go."""
    reply_tokens: int = 32_000
    """How long a reply may get. Thinking counts."""
    key: Key = field(default_factory=Key)
    key_name: str = ""
    """The setting that the key comes from."""

    @property
    def is_local(self) -> bool:
        """Whether it is this machine, where no proxy leads."""
        host = urlsplit(self.address).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def checked_address(value: str, name: str) -> str:
    """The address that the setting `name` holds, without a slash at its end.

    Raises `Misconfigured` if it is none, or holds what could be a secret: addresses are logged.
    """
    address = value.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  raises where it is no number
    except ValueError:
        raise Misconfigured(f"{name} is no address; write it like {_EXAMPLE}.") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Misconfigured(
            f"{name} holds more than an address; keys belong into a setting of their own."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured(f"{name} is no address; write it like {_EXAMPLE}.")
    return address


_EXAMPLE = "https://openrouter.ai/api/v1"
