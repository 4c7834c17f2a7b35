"""In which language an object answers. It answers as a whole: languages are never mixed in it."""

from collections.abc import Iterable, Mapping

from django.utils.translation.trans_real import parse_accept_lang_header

from reforms.vocabulary import LANGUAGES

Texts = Mapping[str, str]


def accepted(header: str) -> str:
    """The first language of `Accept-Language` that the record knows; English without one."""
    for name, _ in parse_accept_lang_header(header.lower()):
        primary = name.partition("-")[0]
        if primary in LANGUAGES:
            return primary
    return next(iter(LANGUAGES))


def available(texts: Iterable[Texts]) -> list[str]:
    """The languages in which every text that the object has exists."""
    filled = [text for text in texts if text]
    return [language for language in LANGUAGES if filled and all(language in one for one in filled)]


def served(wanted: str, texts: Iterable[Texts]) -> str | None:
    """The language wanted where the object has it, else the first that it has; None without texts.

    An object of which no language is complete answers in the one that most of its texts have.
    """
    texts = list(texts)
    complete = available(texts)
    if wanted in complete:
        return wanted
    if complete:
        return complete[0]
    counts = {language: sum(language in one for one in texts) for language in LANGUAGES}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else None
