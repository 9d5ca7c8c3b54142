"""Which model serves which purpose, and how litellm is told so."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.types.model import Purpose

_FALLBACK = "fallback"
# What serves a purpose that isn't named.
_ELSE = {
    Purpose.ANSWER: Purpose.DRAFT,
    Purpose.SUMMARISE: Purpose.DRAFT,
    Purpose.DETECT: Purpose.EXTRACT,
}


def models_of(spec: str) -> dict[Purpose, str]:
    """`model` for all purposes, or `extract=model,draft=model`; `answer=model` and
    `summarise=model` may follow, else the drafting model does both, and `detect=model`, else the
    extracting one does it."""
    if "=" not in spec:
        return dict.fromkeys(Purpose, spec.strip())
    named = dict(part.strip().split("=", 1) for part in spec.split(",") if part.strip())
    models = {Purpose(name.strip()): model.strip() for name, model in named.items()}
    for purpose, other in _ELSE.items():
        if models.get(other):
            models.setdefault(purpose, models[other])
    missing = [one.value for one in Purpose if one is not Purpose.EMBED and not models.get(one)]
    if missing:
        raise ValueError(f"LLM_MODEL names no model for: {', '.join(missing)}")
    return models


def deployments(
    models: Mapping[Purpose, str],
    fallback_model: str | None,
    *,
    providers: Sequence[Any],
    api_base: str | None,
    api_key: str | None,
    timeout: float,
) -> list[dict[str, Any]]:
    """What litellm's Router is told: one deployment for each purpose, and the fallback."""
    names = {purpose.value: model for purpose, model in models.items()}
    if fallback_model:
        names[_FALLBACK] = fallback_model
    known = {str(getattr(provider, "value", provider)) for provider in providers}
    return [
        {
            "model_name": name,
            "litellm_params": {
                "model": _route(model, known) if api_base else model,
                "api_base": api_base,
                "api_key": api_key or ("unset" if api_base else None),
                "timeout": timeout,
                # The client's own retries would multiply with the router's.
                "max_retries": 0,
            },
        }
        for name, model in names.items()
    ]


def fallbacks(fallback_model: str | None) -> list[dict[str, list[str]]]:
    """The same fallback for every purpose."""
    return [{purpose.value: [_FALLBACK]} for purpose in Purpose] if fallback_model else []


def _route(model: str, providers: set[str]) -> str:
    """A model behind an address of one's own speaks OpenAI's protocol unless it says else."""
    prefix, slash, _ = model.partition("/")
    return model if slash and prefix in providers else f"openai/{model}"
