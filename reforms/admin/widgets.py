"""Inputs for what one HTML input cannot hold: texts by language, figures, bounds, choices."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect

from reforms.sheets.passages import as_line
from reforms.vocabulary import LANGUAGES

SPARE_ROWS = 2
MOST_ROWS = 100


def plain(text: Any) -> str:
    """What somebody typed, without blanks around it and with one kind of line break."""
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class GroupWidget(forms.Widget):
    """Several inputs, each with a label of its own; the field's label names the group."""

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def use_required_attribute(self, initial: Any) -> bool:
        # None of the inputs is required by itself.
        return False


class TextsWidget(GroupWidget):
    """One input for each language of the record, side by side."""

    template_name = "reforms/widgets/texts.html"

    def __init__(self, max_length: int, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.max_length = max_length

    @property
    def long(self) -> bool:
        """Whether the text needs several lines."""
        return self.max_length > 200

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        texts = value if isinstance(value, Mapping) else {}
        context["widget"] |= {
            "long": self.long,
            "rows": 2 if self.max_length <= 1000 else 4,
            "max_length": self.max_length,
            "inputs": [
                {
                    "name": f"{name}_{language}",
                    "id": f"{context['widget']['attrs'].get('id', f'id_{name}')}_{language}",
                    "language": language,
                    "label": label,
                    "text": texts.get(language, ""),
                }
                for language, label in LANGUAGES.items()
            ],
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        texts = {language: plain(data.get(f"{name}_{language}")) for language in LANGUAGES}
        return {language: text for language, text in texts.items() if text}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}_{language}" not in data for language in LANGUAGES)


class FiguresWidget(GroupWidget):
    """A table of figures, with spare rows at its end; an emptied row is dropped."""

    template_name = "reforms/widgets/figures.html"
    numbers = ("from", "to", "value")
    texts = ("what", "unit")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [as_row(figure) for figure in value or []]
        rows += [as_row({})] * SPARE_ROWS
        context["widget"] |= {
            "languages": LANGUAGES,
            "total": len(rows),
            "table": [
                {
                    "place": place,
                    "translated": any(row[text].keys() - {"en"} for text in self.texts),
                    **{
                        text: [
                            (f"{name}-{place}-{text}-{language}", label, row[text].get(language))
                            for language, label in LANGUAGES.items()
                        ]
                        for text in self.texts
                    },
                    "numbers": [
                        (f"{name}-{place}-{number}", number, row[number]) for number in self.numbers
                    ],
                }
                for place, row in enumerate(rows, start=1)
            ],
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        total = str(data.get(f"{name}-total", "0"))
        rows = [
            {
                **{
                    text: {
                        language: words
                        for language in LANGUAGES
                        if (words := plain(data.get(f"{name}-{place}-{text}-{language}")))
                    }
                    for text in self.texts
                },
                **{number: plain(data.get(f"{name}-{place}-{number}")) for number in self.numbers},
            }
            for place in range(1, min(int(total) if total.isdecimal() else 0, MOST_ROWS) + 1)
        ]
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-total" not in data


def as_row(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure as the table shows it: texts by language, numbers as they are written."""
    row: dict[str, Any] = {}
    for text in FiguresWidget.texts:
        words = figure.get(text) or {}
        row[text] = {"en": words} if isinstance(words, str) else dict(words)
    for number in FiguresWidget.numbers:
        row[number] = "" if figure.get(number) is None else str(figure[number])
    return row


class BoundsWidget(GroupWidget, forms.MultiWidget):
    """Where a reform begins and ends: a source and two paragraphs."""

    template_name = "reforms/widgets/bounds.html"
    labels = ("Source", "First paragraph", "Last paragraph")

    def __init__(self, attrs: Any = None) -> None:
        super().__init__([forms.TextInput({"class": "vTextField"}) for _ in self.labels], attrs)

    def decompress(self, value: Any) -> list[str]:
        if not value:
            return ["", "", ""]
        return [value["source"], as_line(value["first"]), as_line(value["last"])]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["label"] = label
        return context


class DescribedSelect(AutocompleteSelect):
    """A choice found by typing. `known` holds labels of loaded objects: no query for them."""

    known: Mapping[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        chosen = next((str(one) for one in value if one), "")
        if chosen not in self.known:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, chosen, self.known[chosen], True, 1))
        return [(None, options, 0)]
