"""Column types that several models share: public ids, texts in several languages, partial dates."""

import re
from typing import Any, overload

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from reforms.dates import PartialDate
from reforms.vocabulary import LANGUAGES, Precision, Term

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z"
# Control characters but for line feed and tab, and lone surrogates.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

validate_slug = RegexValidator(
    SLUG,
    "“%(value)s” is no id: use lower-case letters a-z, digits and single hyphens.",
)

# Publishers and programmes are compared by country, so both are written in one way.
validate_country = RegexValidator(
    r"^[A-Z]{2}\Z", "“%(value)s” is no country: use the two capital letters of ISO 3166 (KZ)."
)


class IdField(models.CharField):
    """A public id. It orders by bytes on every engine, so that lists run alike everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def validate_plain_text(text: str) -> None:
    """Refuse control characters and lone surrogates: texts are shown in many places."""
    if unfit := _UNFIT.search(text):
        raise ValidationError(
            f"The character U+{ord(unfit[0]):04X} is not allowed in a text; remove it."
        )


def validate_texts(texts: Any) -> None:
    """A mapping from language (en, ru, kk) to a text that is not empty."""
    if not isinstance(texts, dict):
        raise ValidationError("Give the text by language, such as {“en”: “…”}.")
    for language, text in texts.items():
        if language not in LANGUAGES:
            raise ValidationError(
                f"“{language}” is no language of the record; use {', '.join(LANGUAGES)}."
            )
        if not isinstance(text, str) or not text.strip():
            raise ValidationError(f"The text in “{language}” is empty; leave the language out.")
        validate_plain_text(text)


class TextsField(models.JSONField):
    """One text in one or more of the record's languages: `{"en": "…", "ru": "…"}`.

    `max_length` bounds the text of each language, in characters.
    """

    def __init__(self, *args: Any, max_length: int = 2000, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
        self.max_length = max_length
        self.validators = [*self.validators, validate_texts, self._validate_length]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["max_length"] = self.max_length
        return name, path, args, kwargs

    def _validate_length(self, texts: Any) -> None:
        if not isinstance(texts, dict):
            return  # `validate_texts` says so
        for language, text in texts.items():
            if isinstance(text, str) and len(text) > (self.max_length or 0):
                raise ValidationError(
                    f"The text in “{language}” has {len(text)} characters; "
                    f"at most {self.max_length} are allowed."
                )


def has_text(name: str) -> models.CheckConstraint:
    """A constraint: the texts field `name` holds at least one language."""
    return models.CheckConstraint(
        condition=~models.Q(**{name: {}}), name=f"%(app_label)s_%(class)s_has_{name}"
    )


def one_of(name: str, vocabulary: type[Term]) -> models.CheckConstraint:
    """A constraint: the column `name` holds a word of the vocabulary."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{name}__in": vocabulary.values()}),
        name=f"%(app_label)s_%(class)s_{name}_known",
    )


def both_or_neither(first: str, second: str) -> models.CheckConstraint:
    """A constraint: a date and its precision, a known one, stand together."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True, second: ""})
        | models.Q(**{f"{first}__isnull": False, f"{second}__in": Precision.values()}),
        name=f"%(app_label)s_%(class)s_{first}_precise",
    )


def term_field(vocabulary: type[Term], **options: Any) -> Any:
    """A column that holds a word of the vocabulary."""
    options.setdefault("max_length", 40)
    return models.CharField(choices=vocabulary.choices(), **options)


def precision_field(**options: Any) -> Any:
    """The precision that stands beside a date; empty where there is no date."""
    return term_field(Precision, max_length=5, blank=True, **options)


class PartialDateProperty:
    """Reads and writes two columns, the last day and the precision, as one `PartialDate`."""

    def __init__(self, day: str, precision: str) -> None:
        self.day = day
        self.precision = precision

    @overload
    def __get__(self, instance: None, owner: type) -> "PartialDateProperty": ...
    @overload
    def __get__(self, instance: models.Model, owner: type) -> PartialDate | None: ...
    def __get__(
        self, instance: models.Model | None, owner: type
    ) -> "PartialDateProperty | PartialDate | None":
        if instance is None:
            return self
        day = getattr(instance, self.day)
        if day is None:
            return None
        return PartialDate(day, Precision(getattr(instance, self.precision)))

    def __set__(self, instance: models.Model, value: PartialDate | None) -> None:
        setattr(instance, self.day, value.last if value else None)
        setattr(instance, self.precision, value.precision.value if value else "")
