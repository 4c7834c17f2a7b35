"""In which language an object answers. It answers as a whole: languages are never mixed in it."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation.trans_real import parse_accept_lang_header

from reforms.vocabulary import LANGUAGES

Texts = Mapping[str, str]


def preferred(header: str, lang: str = "") -> list[str]:
    """The languages of the record, first `lang`, then as `Accept-Language` prefers them."""
    accepted = parse_accept_lang_header(header.lower())
    wanted = [lang, *(name.partition("-")[0] for name, weight in accepted if weight)]
    return [one for one in dict.fromkeys((*wanted, *LANGUAGES)) if one in LANGUAGES]


def available(texts: Iterable[Texts]) -> list[str]:
    """The languages in which every text that the object has exists."""
    filled = [text for text in texts if text]
    return [language for language in LANGUAGES if filled and all(language in one for one in filled)]


def served(
    preferred: Sequence[str], texts: Iterable[Texts], complete: Sequence[str] | None = None
) -> str | None:
    """The most preferred language that the object has; None without texts.

    An object of which no language is complete answers in the one that most of its texts have.
    `complete` are those that `available` found, if it was asked already.
    """
    texts = list(texts)
    complete = available(texts) if complete is None else complete
    for language in preferred:
        if language in complete:
            return language
    counts = {language: sum(language in one for one in texts) for language in preferred}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else None
