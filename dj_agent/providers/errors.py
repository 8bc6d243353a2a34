"""Everything that can go wrong between us and a language model, as types.

    ProviderError
    ├── Misconfigured       a setting is wrong or missing
    ├── NoModel             there is no language model to talk to
    ├── AuthRefused         the key isn't accepted, or may not do this
    ├── NoCredit            the account has no money or quota left
    ├── ModelUnknown        the provider has no such model
    ├── RequestRefused      the provider doesn't accept the request as it is
    ├── ContextOverflow     the conversation doesn't fit into the model's window
    ├── Filtered            the provider won't answer this
    ├── RateLimited         too much was asked in too short a time
    ├── Overloaded          the provider has trouble of its own
    ├── Unreachable         nobody answers at the address
    ├── TimedOut            it takes too long
    ├── CutOff              the reply ended in the middle
    └── BadReply            the reply can't be read
        └── EmptyReply      there is nothing in it, or only thoughts

Every error is one sentence for a person: what is wrong, and what to do. None holds a key.
"""

from __future__ import annotations

from typing import ClassVar

from dj_agent.trouble import Trouble


class ProviderError(Trouble):
    """Base of all errors that a provider ends in."""

    again: ClassVar[bool] = False
    """Whether the same request may succeed a little later."""
    elsewhere: ClassVar[bool] = True
    """Whether another provider might not have it."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """How long the provider wants us to wait, if it said so."""


class Misconfigured(ProviderError):
    elsewhere = False


class NoModel(ProviderError):
    elsewhere = False


class AuthRefused(ProviderError):
    pass


class NoCredit(ProviderError):
    pass


class ModelUnknown(ProviderError):
    pass


class RequestRefused(ProviderError):
    pass


class ContextOverflow(ProviderError):
    pass


class Filtered(ProviderError):
    pass


class RateLimited(ProviderError):
    again = True


class Overloaded(ProviderError):
    again = True


class Unreachable(ProviderError):
    again = True


class TimedOut(ProviderError):
    again = True


class CutOff(ProviderError):
    again = True


class BadReply(ProviderError):
    again = True


class EmptyReply(BadReply):
    pass
