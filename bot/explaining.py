"""`understudy explain`, with the model of LLM_MODEL when there is one."""

import argparse

from bot import explain
from bot.config import load_settings
from services.ports import LanguageModel


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str
) -> None:
    if name == "explain":
        explain.add_parser(subparsers)


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    if settings.llm_model is None:
        return explain.run(args)

    def model() -> LanguageModel:
        from bot.models import language_model  # noqa: PLC0415 - only when a model is asked

        return language_model(settings)

    return explain.run(args, model_factory=model)
