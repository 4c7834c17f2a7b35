"""What every answered object shares."""

from collections.abc import Collection
from functools import cached_property
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api import languages
from reforms.api.fields import Texts
from reforms.api.serializers.reading import ReadingSerializer
from reforms.vocabulary import LANGUAGES


class RecordSerializer(ReadingSerializer):
    """A record document in one language, plus what is derived from it.

    The context gives the request and its `question`. `shown` names the fields to answer; without
    it, all of them, but where it is embedded those `on_request`.
    """

    on_request: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, shown: Collection[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if shown is None and self.context.get("embedded"):
            shown = set(self.fields) - set(self.on_request)
        if shown is not None:
            for name in set(self.fields) - set(shown):
                del self.fields[name]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        question = self._question
        texts = self.texts(instance)
        self.available = languages.available(texts)
        self.served = languages.served(question.languages, texts, self.available)
        if self.served and self._speaks:
            question.spoken.add(self.served)
        if question.choices is not None:
            question.choices.append((texts, self.available))
        return super().to_representation(instance)

    @cached_property
    def _question(self) -> Any:
        return self.context["question"]

    @cached_property
    def _speaks(self) -> bool:
        """Whether this answer holds any text."""
        return any(isinstance(one, Texts) for one in self.fields.values())

    @cached_property
    def _texts(self) -> list[str]:
        return [name for name, one in self._declared_fields.items() if isinstance(one, Texts)]

    def texts(self, instance: Any) -> list[dict[str, str]]:
        """All texts of the object, also those that this answer leaves out."""
        return [getattr(instance, name) for name in self._texts]


class SpokenSerializer(RecordSerializer):
    """Says in which language the object answers, and in which it exists."""

    language = serializers.SerializerMethodField(
        help_text="The language of its texts here: another than asked for where that is missing."
    )
    languages = serializers.SerializerMethodField(
        help_text="The languages in which all of its texts exist."
    )

    def get_fields(self) -> dict[str, Any]:
        """The object's own fields first."""
        fields = super().get_fields()
        for name in ("language", "languages"):
            fields[name] = fields.pop(name)
        return fields

    @extend_schema_field({"type": "string", "nullable": True, "enum": [*LANGUAGES, None]})
    def get_language(self, instance: Any) -> str | None:
        return self.served

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(LANGUAGES)}})
    def get_languages(self, instance: Any) -> list[str]:
        return self.available
