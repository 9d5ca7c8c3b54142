"""Which model answers."""

from bot.config import Settings
from services.offline.model import OfflineModel
from services.ports import LanguageModel


def language_model(settings: Settings) -> LanguageModel:
    """The configured model, or the offline rules. litellm is imported only for a real one."""
    if settings.llm_model is None:
        return OfflineModel()
    from bot.adapters.llm import LiteLLMModel  # noqa: PLC0415 - seconds and 150 MB otherwise

    key = settings.llm_api_key
    return LiteLLMModel(
        settings.llm_model,
        api_base=settings.llm_api_base,
        api_key=key.get_secret_value() if key else None,
        fallback_model=settings.llm_fallback_model,
    )
