"""Language models behind one protocol: whoever is there, or nobody.

Importing this loads no SDK.
"""

from dj_agent.providers.choosing import PROVIDERS, Choice, choose
from dj_agent.providers.errors import ProviderError
from dj_agent.providers.protocol import ChatProvider

__all__ = ["PROVIDERS", "ChatProvider", "Choice", "ProviderError", "choose"]
