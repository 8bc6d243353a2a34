"""The providers there are, and the model that each is asked for if nobody names one. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A provider."""

    label: str
    """As sentences have it."""
    address: str
    model: str
    """The default; empty where it depends on what is there."""
    context_tokens: int
    """Of the default model."""
    key_names: tuple[str, ...] = ()
    """The settings that may hold its key; the first that does is taken."""
    address_name: str | None = None
    """The setting that may name another address."""


# Names and windows of models age: these are of November 2026. Whoever names another gets another.
KNOWN: dict[str, Known] = {
    "openrouter": Known(
        label="OpenRouter",
        address="https://openrouter.ai/api/v1",
        model="anthropic/claude-sonnet-5.5",
        context_tokens=1_000_000,
        key_names=("OPENROUTER_API_KEY",),
    ),
    "anthropic": Known(
        label="Anthropic",
        address="https://api.anthropic.com",
        model="claude-sonnet-5-5",
        context_tokens=1_000_000,
        key_names=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
        address_name="ANTHROPIC_BASE_URL",
    ),
    "gemini": Known(
        label="Gemini",
        address="https://generativelanguage.googleapis.com/v1beta/openai",
        model="gemini-3.6-flash",
        context_tokens=1_000_000,
        key_names=("GEMINI_API_KEY",),
    ),
    "ollama": Known(
        label="Ollama",
        address="http://127.0.0.1:11434",
        model="",
        context_tokens=16_384,
        address_name="OLLAMA_HOST",
    ),
    "openai": Known(
        label="OpenAI",
        address="https://api.openai.com/v1",
        model="",
        context_tokens=128_000,
        key_names=("OPENAI_API_KEY",),
        address_name="OPENAI_BASE_URL",
    ),
}

# A model that somebody named may have any window; most have this one.
USUAL_CONTEXT_TOKENS = 128_000

# Of the models that Ollama has, these call tools well; the first one found is taken.
OLLAMA_PREFERRED = ("qwen3.6", "qwen3.5", "qwen3", "gpt-oss", "mistral-small", "llama3.1")
