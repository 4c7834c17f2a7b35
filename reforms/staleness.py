# ruff: noqa: S608 - no value from outside is part of any statement here
"""The database itself takes away renditions that are no longer right; called by migrations.

A trigger on every table that a rendition is made of looks at what was changed, whoever writes and
by whatever means, in the very transaction. It marks each object that shows it, by a row without
readers, which says that the object waits to be rendered; and it deletes the object's other rows.

The mark comes first, and locks: whoever renders has locked it before reading anything, so that
neither what was read before a change nor what is written after it is left standing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

_PROMISES, _UPDATES = "reforms_promiserendition", "reforms_updaterendition"
_EVENTS = ("INSERT", "UPDATE", "DELETE")
# Planned while a table was empty or a change was large, a scan would look cheapest, and would stay
# the plan of the session for the smallest change.
_BY_INDEX = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"


@dataclass(frozen=True, slots=True)
class _Touch:
    """Which objects show the changed rows of a table.

    They are those whose ids stand in the column `key` of the rows for which `when` holds, or those
    that `through` finds by such keys. `parts` are the parts of promises, none meaning status
    updates, of which those count that are public. An UPDATE counts where one of `columns` differs,
    without any of them always.
    """

    table: str
    key: str
    parts: tuple[str, ...] = ()
    through: str = "{keys}"
    events: tuple[str, ...] = _EVENTS
    columns: tuple[str, ...] = ()
    when: str = ""

    def name(self, event: str) -> str:
        """What its trigger is called."""
        shown = "_".join(self.parts) or "updates"
        return f"{self.table}_{event.lower()}_stale_{shown}"

    def marks(self, row: str, rows: str) -> Iterator[str]:
        """The statements for changed rows: `row` stands before a column, `rows` is their table."""
        condition = self.when or f"{self.key} IS NOT NULL"
        keys = f"SELECT {row}{self.key}{rows} WHERE {row}{condition}"
        found = self.through.format(keys=keys)
        for part in self.parts or ("",):
            if part:
                yield f"""
                    INSERT INTO {_PROMISES} (promise_id, part, readers, form, body)
                    SELECT DISTINCT found.id, '{part}', '', '', ''
                    FROM (SELECT NULL AS id WHERE false UNION ALL {found}) AS found
                    WHERE true ORDER BY 1
                    ON CONFLICT (promise_id, part, readers) DO UPDATE SET form = ''"""
                yield f"""
                    DELETE FROM {_PROMISES}
                    WHERE readers <> '' AND part = '{part}' AND promise_id IN ({found})"""
            else:
                yield f"""
                    INSERT INTO {_UPDATES} (update_id, published_at, readers, form, body)
                    SELECT u.id, u.published_at, '', '', '' FROM reforms_statusupdate AS u
                    WHERE u.published_at IS NOT NULL AND u.id IN ({found}) ORDER BY 1
                    ON CONFLICT (update_id, readers)
                    DO UPDATE SET form = '', published_at = EXCLUDED.published_at"""
                yield f"DELETE FROM {_UPDATES} WHERE readers <> '' AND update_id IN ({found})"


def _citing(owner: str, condition: str) -> str:
    return (
        f"SELECT c.{owner} FROM reforms_citation AS c WHERE c.{owner} IS NOT NULL AND {condition}"
    )


_CITED = "c.source_id IN ({keys})"
_ITS_PUBLISHERS = (
    "(c.origin_id IN ({keys}) OR c.source_id IN"
    " (SELECT s.id FROM reforms_source AS s WHERE s.publisher_id IN ({keys})))"
)
_OF_SOURCES = (
    *("title", "kind", "publisher_id", "url", "archived_url"),
    *("published_on", "published_precision"),
)


def _of_citations(owner: str, *parts: str) -> Iterator[_Touch]:
    """What shows citations, with all that they show of their source and its publisher."""
    yield _Touch("reforms_citation", owner, parts)
    cited, written = _citing(owner, _CITED), _citing(owner, _ITS_PUBLISHERS)
    yield _Touch("reforms_source", "id", parts, cited, ("UPDATE",), _OF_SOURCES)
    yield _Touch("reforms_publisher", "id", parts, written, ("UPDATE",), ("name", "type"))
    # The words that are quoted.
    yield _Touch("reforms_paragraph", "source_id", parts, cited)


_TOUCHES = (
    _Touch("reforms_promise", "id", ("promise", "citations", "replies"), events=("INSERT",)),
    _Touch("reforms_promise", "id", ("promise",), events=("UPDATE",)),
    _Touch("reforms_promisebody", "promise_id", ("promise",)),
    _Touch("reforms_promise_topics", "promise_id", ("promise",)),
    _Touch("reforms_promiserelation", "promise_id", ("promise",)),
    _Touch(
        "reforms_programme",
        "id",
        ("promise",),
        "SELECT p.id FROM reforms_promise AS p WHERE p.programme_id IN ({keys})",
        ("UPDATE",),
        ("time_zone",),
    ),
    _Touch("reforms_reply", "promise_id", ("replies",)),
    *_of_citations("promise_id", "citations"),
    _Touch(
        "reforms_statusupdate", "id", events=("INSERT", "UPDATE"), when="published_at IS NOT NULL"
    ),
    *_of_citations("update_id"),
)


def watch(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers."""
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def cease(connection: BaseDatabaseWrapper) -> None:
    """Drop them again, those that are there: to undo the migration, or to make them anew."""
    with connection.cursor() as cursor:
        for touch, event in _each():
            name = touch.name(event)
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def mark_all(connection: BaseDatabaseWrapper) -> None:
    """Mark all that was there before the triggers. Readers go on; whoever writes or renders waits:
    what is rendered meanwhile would be marked as well.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {_PROMISES}, {_UPDATES} IN SHARE ROW EXCLUSIVE MODE")
        for part in ("promise", "citations", "replies"):
            cursor.execute(
                f"INSERT INTO {_PROMISES} (promise_id, part, readers, form, body)"
                f" SELECT id, '{part}', '', '', '' FROM reforms_promise AS p WHERE NOT EXISTS"
                f" (SELECT 1 FROM {_PROMISES} WHERE promise_id = p.id AND part = '{part}')"
            )
        cursor.execute(
            f"INSERT INTO {_UPDATES} (update_id, published_at, readers, form, body)"
            " SELECT id, published_at, '', '', '' FROM reforms_statusupdate AS u"
            " WHERE published_at IS NOT NULL AND NOT EXISTS"
            f" (SELECT 1 FROM {_UPDATES} WHERE update_id = u.id)"
        )


def _each() -> Iterator[tuple[_Touch, str]]:
    for touch in _TOUCHES:
        for event in touch.events:
            yield touch, event


def _postgresql() -> Iterator[str]:
    """Triggers that look at all rows of a statement at once."""
    for touch, event in _each():
        name = touch.name(event)
        rows, given = "was" if event == "DELETE" else "is_now", []
        if event != "INSERT":
            given.append("OLD TABLE AS was")
        if event != "DELETE":
            given.append("NEW TABLE AS is_now")
        changed = f" FROM {rows}"
        if event == "UPDATE" and touch.columns:
            now, then = (
                ", ".join(f"{side}.{one}" for one in touch.columns) for side in ("is_now", "was")
            )
            changed = (
                " FROM (SELECT is_now.* FROM is_now JOIN was USING (id)"
                f" WHERE ({now}) IS DISTINCT FROM ({then})) AS changed"
            )
        elif event == "UPDATE" and touch.key != "id":
            # What it belonged to before no longer shows it.
            both = f"SELECT {touch.key} FROM is_now UNION SELECT {touch.key} FROM was"
            changed = f" FROM ({both}) AS changed"
        body = ";".join(touch.marks("", changed))
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {_BY_INDEX} AS"
            f" $$ BEGIN {body}; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} AFTER {event} ON {touch.table}"
            f" REFERENCING {' '.join(given)} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def _sqlite() -> Iterator[str]:
    """Triggers that look at each row, which is all there are."""
    for touch, event in _each():
        differs = " OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in touch.columns)
        rows = ["OLD." if event == "DELETE" else "NEW."]
        if event == "UPDATE" and touch.key != "id":
            rows.append("OLD.")
        body = ";".join(one for row in rows for one in touch.marks(row, ""))
        when = f" WHEN {differs}" if event == "UPDATE" and differs else ""
        yield (
            f"CREATE TRIGGER {touch.name(event)} AFTER {event} ON {touch.table}"
            f"{when} BEGIN {body}; END"
        )
