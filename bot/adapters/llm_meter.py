"""What a model call is counted as. A model's name may be anything an operator wrote, or a provider
answered: only its family is told, from a list of ours."""

from services.metrics import MODEL_CALLS, MODEL_COST, MODEL_SECONDS, MODEL_TOKENS
from services.types.model import Purpose, Usage

FAMILIES = {
    "gpt": "openai",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
    "claude": "anthropic",
    "gemini": "google",
    "gemma": "google",
    "mistral": "mistral",
    "mixtral": "mistral",
    "codestral": "mistral",
    "llama": "llama",
    "qwen": "qwen",
    "deepseek": "deepseek",
    "command": "cohere",
    "grok": "xai",
    "phi": "phi",
    "nova": "amazon",
}
OTHER = "other"


def family_of(model: str) -> str:
    """`anthropic` of `bedrock/eu.anthropic.claude-sonnet-4`; `other` of what isn't known."""
    name = model.lower().rpartition("/")[2]
    parts = name.replace(".", "-").replace("_", "-").replace(":", "-").split("-")
    for part in parts:
        for start, family in FAMILIES.items():
            if part.startswith(start):
                return family
    return OTHER


def count_call(usage: Usage, purpose: Purpose, status: str) -> None:
    """One call with all its attempts, however it ended."""
    family = family_of(usage.model)
    MODEL_CALLS.labels(purpose.value, family, status).inc()
    MODEL_SECONDS.labels(purpose.value).observe(usage.latency_ms / 1000)
    MODEL_TOKENS.labels(purpose.value, family, "in").inc(usage.tokens_in)
    MODEL_TOKENS.labels(purpose.value, family, "out").inc(usage.tokens_out)
    if usage.cost_usd is not None:
        MODEL_COST.labels(purpose.value, family).inc(float(usage.cost_usd))
