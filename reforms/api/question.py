"""A request's query string, read strictly: all that is wrong with it is said at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from reforms.api import clocks, languages
from reforms.api.clocks import CLOCKS, Clocks
from reforms.api.cursor import Cursor, is_plain
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.filters import ListFilter
from reforms.api.strictness import StrictFilterSet
from reforms.api.values import MOST_VALUES
from reforms.dates import now
from reforms.errors import nearest, suggestion
from reforms.vocabulary import LANGUAGES

DEFAULT_LIMIT = 50
HIGHEST_LIMIT = 200
LONGEST_VALUE = 4000
MOST_PARAMETERS = 100

# Parameters that choose how an answer looks, not what it holds: a cursor does not carry them.
PRESENTATION = ("lang", "fields", "omit", "expand", "limit", "count")


@dataclass(slots=True)
class Question:
    """What was asked: of one object only the first six, of a list all.

    `languages` are all of the record's, the preferred one first; `spoken` collects those of the
    texts in the answer; `flags` are the parameters that say true.
    """

    languages: list[str]
    clocks: Clocks
    fields: list[str] = field(default_factory=list)
    omit: list[str] = field(default_factory=list)
    expand: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    limit: int = DEFAULT_LIMIT
    ordering: str = ""
    cursor: Cursor | None = None
    filterset: StrictFilterSet | None = None
    filters: dict[str, str] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    # Which texts could have been chosen, of each object in the answer; only where somebody asks.
    choices: list[Any] | None = None

    def shows(self, name: str) -> bool:
        """Whether a field is part of the answer."""
        return name in self.fields if self.fields else name not in self.omit


@dataclass(frozen=True, slots=True)
class Askable:
    """What may be asked of an endpoint. `filterset_class` is None for one object.

    `name` is the name of the list, which its cursors carry; `paging` are the parameters that
    choose a page; `spoken` is False where nothing is answered in one language, `named` is True
    where something is, though there are no fields to choose. `flags` are parameters that are true
    or false, and false where they are left out.
    """

    name: str
    fields: tuple[str, ...] = ()
    expandable: tuple[str, ...] = ()
    orderings: tuple[str, ...] = ()
    default_ordering: str = ""
    filterset_class: type[StrictFilterSet] | None = None
    paging: tuple[str, ...] = ("limit", "cursor", "count", "ordering")
    highest_limit: int = HIGHEST_LIMIT
    spoken: bool = True
    named: bool = False
    # Which of the two clocks may be set, and the programme that one object belongs to.
    clocks: tuple[str, ...] = ()
    programme: str = ""
    # Orderings by what may have been edited since.
    unsteady: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def parameters(self) -> list[str]:
        """The names of all parameters, in the order of the documentation."""
        names = ["lang", "fields", "omit"] if self.fields else ["lang"] if self.named else []
        names = names if self.spoken else names[1:]
        if self.expandable:
            names.append("expand")
        names += self.flags
        names += self.clocks
        if self.filterset_class is not None:
            names += self.paging
            names += list(self.filterset_class.base_filters)
        return names

    def of_several(self) -> set[str]:
        """The names of the parameters that take several values."""
        names = {"fields", "omit", "expand"}
        if self.filterset_class is not None:
            filters = self.filterset_class.base_filters.items()
            names |= {name for name, one in filters if isinstance(one, ListFilter)}
        return names


def read(query: QueryDict, accept_language: str, askable: Askable) -> Question:
    """Read a query string; raise QuestionRefused with everything that is wrong with it."""
    # Many clients repeat a parameter where others separate its values by commas.
    whole = {name: ",".join(query.getlist(name)) for name in query}
    bad = list(_misnamed(query, whole, askable))
    refused = {one.parameter for one in bad}
    given = {name: value for name, value in whole.items() if name not in refused}
    lang = given.get("lang", "")
    preferred = languages.preferred(accept_language, lang)
    question = Question(languages=preferred, clocks=Clocks(now()))
    if "lang" in given and lang not in LANGUAGES:
        bad.append(_unknown_value("lang", lang, LANGUAGES))
    for name, allowed in (
        ("fields", askable.fields),
        ("omit", askable.fields),
        ("expand", askable.expandable),
    ):
        values = list(dict.fromkeys(given[name].split(","))) if name in given else []
        if len(values) > MOST_VALUES:
            detail = f"At most {MOST_VALUES} values are allowed."
            bad.append(BadParameter(name, "too_many_values", detail))
            continue
        bad += [_unknown_value(name, one, allowed) for one in values if one not in allowed]
        setattr(question, name, values)
    for name in askable.flags:
        bad += _read_flag(question.flags, given, name)
    if question.fields and question.omit:
        bad.append(
            BadParameter("omit", "contradiction", "Name either the fields to show or to omit.")
        )
    bad += [
        BadParameter("expand", "contradiction", f"“{name}” is embedded and left out at once.")
        for name in question.expand
        if not question.shows(name)
    ]
    if askable.filterset_class is not None:
        bad += _read_list(question, given, askable)
    else:
        bad += _read_clocks(question, given, askable)
    if bad:
        raise QuestionRefused(bad)
    return question


def _misnamed(query: QueryDict, whole: dict[str, str], askable: Askable) -> Iterator[BadParameter]:
    known = askable.parameters()
    refused = getattr(askable.filterset_class, "refused", {})
    if len(query) > MOST_PARAMETERS:
        # Each complaint lists what is allowed: a short question must not get an endless answer.
        name = next(name for name in query if name not in known)
        detail = f"A question has at most {MOST_PARAMETERS} parameters."
        raise QuestionRefused([BadParameter(name, "too_many_parameters", detail)])
    for name, value in whole.items():
        if name in refused:
            yield BadParameter(name, "senseless_here", refused[name], tuple(known))
        elif name not in known:
            found = nearest(name, known)
            detail = f"“{name}” is no parameter here." + suggestion(found)
            yield BadParameter(name, "unknown_parameter", detail, tuple(known), found)
        elif len(query.getlist(name)) > 1 and name not in askable.of_several():
            yield BadParameter(name, "repeated", f"Give {name} once; it takes one value.")
        elif not value:
            yield BadParameter(name, "empty", f"Give {name} a value or leave it out.")
        elif len(value) > LONGEST_VALUE and name != "cursor":
            detail = f"{name} has more than {LONGEST_VALUE} characters."
            yield BadParameter(name, "too_long", detail)
        elif not is_plain(value):
            yield BadParameter(name, "control_character", f"{name} holds a control character.")


def _unknown_value(parameter: str, value: str, allowed: Iterable[str]) -> BadParameter:
    allowed = tuple(allowed)
    found = nearest(value, allowed)
    detail = f"“{value}” is no value of {parameter}." + suggestion(found)
    return BadParameter(parameter, "unknown_value", detail, allowed, found)


def _read_flag(flags: set[str], given: dict[str, str], name: str) -> Iterator[BadParameter]:
    """A parameter that is true or false."""
    value = given.get(name, "false")
    if value not in ("true", "false"):
        yield _unknown_value(name, value, ("true", "false"))
    elif value == "true":
        flags.add(name)


def _read_list(question: Question, given: dict[str, str], askable: Askable) -> list[BadParameter]:
    bad: list[BadParameter] = []
    if "limit" in given:
        text = given["limit"]
        highest = askable.highest_limit
        if text.isascii() and text.isdigit() and 1 <= int(text) <= highest:
            question.limit = int(text)
        else:
            detail = f"limit is a whole number from 1 to {highest}, not “{text}”."
            bad.append(BadParameter("limit", "out_of_range", detail))
    bad += _read_flag(question.flags, given, "count")
    asked = {
        name: value
        for name, value in given.items()
        if name not in PRESENTATION and name != "cursor"
    }
    if "cursor" in given:
        try:
            question.cursor = Cursor.read(given["cursor"], askable.name)
        except ValueError as error:
            return [*bad, BadParameter("cursor", "bad_cursor", str(error))]
        if not question.cursor.asked.keys() <= set(askable.parameters()):
            return [*bad, BadParameter("cursor", "bad_cursor", "This cursor has been altered.")]
        if asked and asked != question.cursor.asked:
            detail = "This cursor belongs to other filters or another order; start without it."
            return [*bad, BadParameter("cursor", "other_filters", detail)]
        asked = question.cursor.asked
    return bad + _read_filters(question, dict(asked), askable)


def _read_clocks(question: Question, given: dict[str, str], askable: Askable) -> list[BadParameter]:
    asked = {name: given[name] for name in CLOCKS if name in given and name in askable.clocks}
    programmes = _programmes_named(given, askable)
    question.clocks, bad = clocks.read(asked, question.clocks.now, programmes)
    return bad


def _programmes_named(given: dict[str, str], askable: Askable) -> list[str]:
    """The programmes that are asked about: the ids of reforms and promises begin with theirs."""
    if askable.programme:
        return [askable.programme]
    for name in ("promise", "reform", "programme"):
        if name in given:
            ids = given[name].split(",")
            return sorted({found for one in ids if (found := one.partition("-")[0])})
    return []


def _read_filters(
    question: Question, asked: dict[str, str], askable: Askable
) -> list[BadParameter]:
    question.filters = dict(asked)
    bad = _read_clocks(question, asked, askable)
    for name in CLOCKS:
        asked.pop(name, None)
    orderings = [sign + name for name in askable.orderings for sign in ("", "-")]
    question.ordering = asked.pop("ordering", askable.default_ordering)
    if question.ordering not in (askable.default_ordering, *orderings):
        bad.append(_unknown_value("ordering", question.ordering, orderings))
    if question.ordering.lstrip("-") == "relevance" and "search" not in asked:
        detail = "Only a search can be ordered by relevance; add search=."
        bad.append(BadParameter("ordering", "contradiction", detail))
    assert askable.filterset_class is not None
    if question.clocks.sequence is not None:
        bad += _unsteady(question, asked, askable)
    filterset = askable.filterset_class(asked, question.clocks)
    question.filterset = filterset
    for name, errors in filterset.form.errors.items():
        for error in errors:
            params: dict[str, Any] = error.params or {}
            bad.append(
                BadParameter(
                    name,
                    str(error.code),
                    str(error.message),
                    tuple(params.get("allowed", ())),
                    params.get("nearest"),
                )
            )
    readable = {
        name: value
        for name, value in filterset.form.cleaned_data.items()
        if value is not None and value != []
    }
    return [*bad, *filterset.nonsense(readable)]


def _unsteady(
    question: Question, asked: dict[str, str], askable: Askable
) -> Iterator[BadParameter]:
    """What cannot be asked with `known_at`: the record keeps no index of what it said once."""
    assert askable.filterset_class is not None
    steady = askable.filterset_class.steady
    for name in asked:
        if name.removesuffix("_not") not in steady and name in askable.parameters():
            detail = (
                f"{name} may have been edited since, so that it cannot be asked with known_at;"
                f" these can: {', '.join(steady) or 'none'}."
            )
            yield BadParameter(name, "edited_since", detail, tuple(steady))
    if question.ordering.lstrip("-") in askable.unsteady:
        detail = f"{question.ordering} may have been edited since: leave it out with known_at."
        yield BadParameter("ordering", "edited_since", detail)
