"""The forms of the public pages: what may be written in them, and what keeps abuse out.

Nobody is asked to solve riddles that others make. Who fills in what people do not see, or sends a
form faster than it can be read, is asked again; what was typed stays.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer

from reforms.dates import now
from reforms.models import Reply
from reforms.models.fields import validate_plain_text
from reforms.vocabulary import LANGUAGES

LEAST = timedelta(seconds=3)
MOST = timedelta(days=1)
_SIGNER = Signer(salt="reforms.pages.forms")


class Text(forms.CharField):
    """Several lines of plain text."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(
            widget=forms.Textarea({"rows": rows}), validators=[validate_plain_text], **options
        )

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        return text.replace("\r\n", "\n").replace("\r", "\n")


class Line(forms.CharField):
    """One line of plain text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[validate_plain_text], **options)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


class WebAddress(forms.URLField):
    """The address of a page anywhere; one without a scheme is taken for https."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            assume_scheme="https",
            max_length=2000,
            widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
            error_messages={
                "invalid": "This is no address of a page: write it as https://example.org/page."
            },
            **options,
        )


class LetterForm(forms.Form):
    """What all forms share: what only machines fill in, and for how long the form was open."""

    # People neither see nor hear it.
    website = forms.CharField(required=False, label="Leave this empty")

    use_required_attribute = False

    def told(self) -> Iterator[tuple[Any, str]]:
        """The fields that are wrong, each with what would be right; first what is no field's."""
        for one in self.non_field_errors():
            yield None, str(one)
        for name, errors in self.errors.items():
            if name in self.fields:
                yield self[name], str(errors[0])

    def shown(self) -> list[Any]:
        """The fields that people see, tied to their hints and complaints for who hears them."""
        found = []
        for name, field in self.fields.items():
            if name == "website":
                continue
            described = [f"id_{name}_hint"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described.append(f"id_{name}_error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)
            if field.required:
                field.widget.attrs["aria-required"] = "true"
            found.append(self[name])
        return found

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError("Empty this field: it is there to keep machines out.")
        return ""

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.errors:
            return cleaned  # it has to be looked at again anyway
        opened = opened_at(self.data.get("opened", ""))
        if opened is None or now() - opened > MOST:
            raise ValidationError("This form was open for long. Look at it again, and send it.")
        if now() - opened < LEAST:
            raise ValidationError("That was very quick. Look at it again, and send it.")
        return cleaned


def opened_now() -> str:
    """What a form carries, so that it can be told for how long it was open."""
    return _SIGNER.sign(str(int(now().timestamp())))


def opened_at(carried: str) -> datetime | None:
    """When a form was opened; None for what no form of ours carries."""
    try:
        return datetime.fromtimestamp(int(_SIGNER.unsign(carried)), UTC)
    except (BadSignature, ValueError):
        return None


def still_open(carried: str) -> str:
    """What the same form carries when it is shown again."""
    opened = opened_at(carried)
    return carried if opened is not None and now() - opened <= MOST else opened_now()


class ReportForm(LetterForm):
    """A report of an error."""

    page = Line(
        max_length=2000,
        label="On which page?",
        help_text="Its address.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Say which page you mean: copy its address."},
    )
    wrong = Text(
        rows=5,
        max_length=3000,
        label="What is wrong?",
        error_messages={"required": "Say what is wrong, in a sentence."},
    )
    right = Text(rows=3, max_length=3000, required=False, label="What would be right?")
    evidence = WebAddress(
        required=False,
        label="Where can we see that?",
        help_text="The address of a law, a report, a page that shows it.",
    )
    contact = Line(
        max_length=200,
        required=False,
        label="How can we reach you?",
        widget=forms.TextInput({"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, host: str, days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host
        self.fields["contact"].help_text = (
            f"Only if we may ask back. Nobody but the curators sees it; it is deleted after {days}"
            " days."
        )

    def clean_page(self) -> str:
        """The address within this site, whether or not it was given with its host."""
        try:
            parts = urlsplit(self.cleaned_data["page"])
        except ValueError:
            parts = urlsplit("//")
        inside = parts.path.startswith("/") and not parts.path.startswith(("//", "/\\"))
        if not inside or ((parts.scheme or parts.netloc) and parts.netloc != self.host):
            told = f"This is no page of ours: its address begins with / or with {self.host}."
            raise ValidationError(told)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


class ReplyForm(LetterForm):
    """A reply of the promisor."""

    text = Text(
        rows=10,
        max_length=Reply.LONGEST_TEXT,
        label="Your reply",
        help_text="It is shown word for word, as plain text.",
        error_messages={"required": "Write your reply."},
    )
    language = forms.ChoiceField(
        choices=list(LANGUAGES.items()), label="In which language is it written?"
    )
    signed_by = Line(
        max_length=Reply.LONGEST_NAME,
        label="Who replies?",
        help_text="The office, as it signs. It is public; the name of a person is not needed.",
        error_messages={"required": "Name the office that replies."},
    )
    dated_on = forms.DateField(
        label="Of which day is it?",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Say of which day it is.",
            "invalid": "This is no day: write it as 2026-11-05.",
        },
        input_formats=["%Y-%m-%d"],
    )
    url = WebAddress(
        required=False,
        label="Where did you publish it?",
        help_text="The address of the page on your own site makes it easy to verify.",
    )
    contact = Line(
        max_length=200,
        label="How can we verify that it comes from you?",
        widget=forms.TextInput({"autocomplete": "email"}),
        error_messages={
            "required": "Name an official address or telephone number at which we can ask back."
        },
    )

    def __init__(self, *args: Any, days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].help_text = (
            "An official address or telephone number at which we can ask back. Nobody but the"
            f" curators sees it; it is deleted after {days} days."
        )
