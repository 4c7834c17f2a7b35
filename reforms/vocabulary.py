"""The words that data may use, what they mean, and which state follows which. Plain Python."""

from enum import StrEnum


class Term(StrEnum):
    """A word of a closed vocabulary; `meaning` is the sentence that documentation shows."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> "Term":
        term = str.__new__(cls, value)
        term._value_ = value
        term.meaning = meaning
        return term

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(term.value, term.label) for term in cls]

    @classmethod
    def meanings(cls) -> list[tuple[str, str]]:
        return [(term.value, term.meaning) for term in cls]

    @classmethod
    def values(cls) -> list[str]:
        return [term.value for term in cls]


class Status(Term):
    """What became of a promise. Lateness is no status: see `Timeliness`."""

    NOT_ASSESSED = "not_assessed", "nobody has published an assessment; submitted by nobody"
    NOT_STARTED = "not_started", "somebody looked and found no action"
    IN_PROGRESS = (
        "in_progress",
        "action is under way: drafted, adopted but not in force, partly prepared",
    )
    STALLED = "stalled", "action began and stopped"
    PARTIALLY_IMPLEMENTED = "partially_implemented", "some independent part is in force or done"
    IMPLEMENTED = "implemented", "in force or done"
    ABANDONED = "abandoned", "given up or refused by whoever promised it"
    REVERSED = "reversed", "was carried out, wholly or partly, and later undone or replaced"


# A scale, least first: further along it, more of what was promised is done. The other statuses are
# no points on it: action may stop, be given up or be undone at any of them.
PROGRESS = (
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.PARTIALLY_IMPLEMENTED,
    Status.IMPLEMENTED,
)


# Those that more may follow on: neither done nor given up nor undone.
OPEN_STATUSES = (
    Status.NOT_STARTED,
    Status.IN_PROGRESS,
    Status.STALLED,
    Status.PARTIALLY_IMPLEMENTED,
)


class PromiseKind(Term):
    """What sort of act a promise asks for."""

    CONSTITUTIONAL_AMENDMENT = "constitutional_amendment", "a change of the constitution"
    LEGISLATION = "legislation", "a law adopted, changed or repealed"
    INSTITUTION = "institution", "a body founded, merged or abolished"
    APPOINTMENT_RULE = "appointment_rule", "who chooses the holder of an office, and how"
    ADMINISTRATIVE = (
        "administrative",
        "an act of the executive: a decree, an instruction, a practice",
    )
    ECONOMIC_MEASURE = "economic_measure", "money, prices, markets, purchases"
    STUDY = "study", "something to be examined or worked out"
    POLICY = "policy", "a course of action or a stance"


class Commitment(Term):
    """How firmly a promise binds. Specific and process promises can be checked."""

    SPECIFIC = "specific", "a verifiable act"
    PROCESS = "process", "to study, consider or work out"
    ASPIRATION = "aspiration", "a goal or stance"


CHECKABLE = (Commitment.SPECIFIC, Commitment.PROCESS)


class PublisherType(Term):
    """Who publishes; `state` is meant relative to the programme's jurisdiction."""

    STATE = "state", "a state body"
    STATE_MEDIA = "state_media", "a medium owned or run by the state"
    PARTY = "party", "a political party or its paper"
    INDEPENDENT_MEDIA = "independent_media", "a medium that is not the state's"
    NGO = "ngo", "a non-governmental organisation"
    INTERNATIONAL_ORGANISATION = "international_organisation", "a body of several states"
    ACADEMIC = "academic", "a university, a library, a research institute"
    OTHER = "other", "anybody else"


OFFICIAL = (PublisherType.STATE, PublisherType.STATE_MEDIA, PublisherType.PARTY)


class SourceKind(Term):
    """What sort of document a source is."""

    ADDRESS = "address", "the address that announced a programme"
    SPEECH = "speech", "another speech"
    INTERVIEW = "interview", "an interview"
    ARTICLE = "article", "an analysis, comment or explainer"
    NEWS = "news", "a news report"
    LEGAL_ACT = "legal_act", "a law, decree, resolution or its draft"
    REPORT = "report", "a report of findings"
    DATASET = "dataset", "figures or a database"
    STATEMENT = "statement", "a statement or press release"


class Stance(Term):
    """What a citation does for the claim that it is tied to."""

    SUPPORTS = "supports", "speaks for it"
    DISPUTES = "disputes", "speaks against it"
    CONTEXT = "context", "helps to understand it"


class Basis(Term):
    """What the cited passage rests on."""

    OWN_FINDING = "own_finding", "the origin's own finding or report"
    RELAYS = "relays", "prints what somebody else asserts: the origin"
    ACT_IN_FORCE = "act_in_force", "the text of an act that is in force"
    DRAFT_ACT = "draft_act", "the text of a draft or of an act not yet in force"


class BodyRole(Term):
    """How a body is tied to a promise."""

    RESPONSIBLE = "responsible", "is to act, as the text names it"
    AFFECTED = "affected", "is changed by it"


class RelationKind(Term):
    """How one promise is tied to another."""

    RESTATES = "restates", "says the same again, perhaps at another rank of law"
    REPLACES = "replaces", "takes the place of it"
    SPLIT_FROM = "split_from", "was once a part of it"
    DEPENDS_ON = "depends_on", "can be carried out only after it"


class Verification(Term):
    """How well the headline status is evidenced, weakest first."""

    NONE = "none", "no supporting evidence that counts"
    OFFICIAL_CLAIM = "official_claim", "the state, its media or a party says so"
    DOCUMENTED = "documented", "an act in force says so"
    INDEPENDENT = "independent", "one independent origin found it itself"
    CORROBORATED = "corroborated", "two independent origins, or one and an act in force"


class Timeliness(Term):
    """How a promise stands to its deadline. Lateness is no failure and no status."""

    NO_DEADLINE = "no_deadline", "the text gives no date"
    PENDING = "pending", "the deadline is ahead"
    ON_TIME = "on_time", "first implemented by the deadline"
    LATE = "late", "first implemented after the deadline"
    OVERDUE = "overdue", "the deadline has passed; assessed, and not implemented"
    UNASSESSED = "unassessed", "the deadline has passed, and nobody has looked"
    UNDETERMINED = "undetermined", "imprecise dates straddle the deadline, or it was abandoned"


class Precision(Term):
    """How much of a date is certain."""

    DAY = "day", "the day is known"
    MONTH = "month", "only the month is known"
    YEAR = "year", "only the year is known"


class ReviewState(Term):
    """Where a status update stands. The last four are public; only `published` ones stand."""

    SUBMITTED = "submitted", "waits for review"
    CHANGES_REQUESTED = "changes_requested", "sent back to its author"
    REJECTED = "rejected", "refused in review"
    WITHDRAWN = "withdrawn", "taken back by its author before publication"
    PUBLISHED = "published", "public, and counts"
    SUPERSEDED = "superseded", "public; replaced by its own organisation's correction"
    RETRACTED = "retracted", "public; taken back by its own organisation"
    REMOVED = "removed", "public; taken down by the curators"


PUBLIC_STATES = (
    ReviewState.PUBLISHED,
    ReviewState.SUPERSEDED,
    ReviewState.RETRACTED,
    ReviewState.REMOVED,
)
ENDED_STATES = PUBLIC_STATES[1:]


class Action(Term):
    """What somebody does to a status update that exists."""

    RESUBMIT = "resubmit", "the author answers a request for changes"
    REQUEST_CHANGES = "request_changes", "a reviewer sends it back"
    REJECT = "reject", "a reviewer refuses it"
    WITHDRAW = "withdraw", "the author takes it back before publication"
    PUBLISH = "publish", "a reviewer makes it public"
    SUPERSEDE = "supersede", "its organisation replaces it by a corrected one"
    RETRACT = "retract", "its organisation takes it back"
    REMOVE = "remove", "curators take it down"


# For each action the states from which it is allowed and the state to which it leads.
TRANSITIONS: dict[Action, tuple[tuple[ReviewState, ...], ReviewState]] = {
    Action.RESUBMIT: ((ReviewState.CHANGES_REQUESTED,), ReviewState.SUBMITTED),
    Action.REQUEST_CHANGES: ((ReviewState.SUBMITTED,), ReviewState.CHANGES_REQUESTED),
    Action.REJECT: (
        (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED),
        ReviewState.REJECTED,
    ),
    Action.WITHDRAW: (
        (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED),
        ReviewState.WITHDRAWN,
    ),
    Action.PUBLISH: ((ReviewState.SUBMITTED,), ReviewState.PUBLISHED),
    Action.SUPERSEDE: ((ReviewState.PUBLISHED,), ReviewState.SUPERSEDED),
    Action.RETRACT: ((ReviewState.PUBLISHED,), ReviewState.RETRACTED),
    Action.REMOVE: ((ReviewState.PUBLISHED,), ReviewState.REMOVED),
}


class EntryAction(Term):
    """What an entry of the ledger records."""

    CREATE = "create", "the object became public"
    EDIT = "edit", "fields changed that carry no meaning of their own"
    TRANSLATE = "translate", "a missing translation was added"
    CORRECT = "correct", "a field that carries meaning was changed, for a public reason"
    PUBLISH = "publish", "a status update was published"
    SUPERSEDE = "supersede", "a status update was replaced by its own organisation's correction"
    RETRACT = "retract", "a status update was taken back by its own organisation"
    REMOVE = "remove", "a status update was taken down by the curators"
    WITHDRAW = "withdraw", "the object was taken out of the record"
    REDACT = "redact", "what the law forced out was replaced by a marker, in every stored version"


# What /corrections/ lists.
CORRECTIONS = (
    EntryAction.CORRECT,
    EntryAction.SUPERSEDE,
    EntryAction.RETRACT,
    EntryAction.REMOVE,
    EntryAction.WITHDRAW,
    EntryAction.REDACT,
)


class Role(Term):
    """Who acted, where no organisation did: a role, never a person."""

    CURATOR = "curator", "keeps the record"
    REVIEWER = "reviewer", "reviews what organisations submit"
    SEEDING = "seeding", "the curated data, loaded from files"
    OPERATOR = "operator", "runs the service"


class Undefined(Term):
    """Why a measure of agreement has no value."""

    NOTHING_IN_COMMON = "nothing_in_common", "no promise has two assessments to compare"
    NO_VARIATION = (
        "no_variation",
        "all assessments say the same, so that chance would agree just as well",
    )


# Languages of texts; a text that lacks the language asked for falls back in this order.
LANGUAGES = {"en": "English", "ru": "Russian", "kk": "Kazakh"}
