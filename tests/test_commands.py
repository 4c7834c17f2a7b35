"""The commands: their exit codes, what they print, and that check_integrity sees every drift."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection

from reforms import ledger, workflow
from reforms.management.commands import create_curator
from reforms.models import (
    LedgerEntry,
    Paragraph,
    Programme,
    Promise,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.seeding.fingerprints import fingerprint
from tests.seeding.tiny import DOCUMENT, STEPPE, TINY, Address

pytestmark = pytest.mark.django_db


def run(name: str, *args: Any, **options: Any) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *args, stdout=out, stderr=err, **options)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}\n"
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def tiny(tmp_path: Path) -> Address:
    return Address(tmp_path / "seeds" / "tiny2021", TINY)


@pytest.fixture
def loaded(tiny: Address) -> Address:
    tiny.load()
    return tiny


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "address.txt"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


# seed


def test_seed_loads_and_counts(tiny: Address) -> None:
    code, out, err = run("seed", tiny.folder)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"Loaded {tiny.folder}:",
        "                  created    updated  unchanged",
        "organisations           1          0          0",
        "publishers              2          0          0",
        "sources                 4          0          0",
        "bodies                  2          0          0",
        "topics                  1          0          0",
        "programmes              1          0          0",
        "reforms                 1          0          0",
        "promises                2          0          0",
        "updates                 2          0          0",
    ]
    code, out, _ = run("seed", tiny.folder)
    assert (code, out) == (0, f"Nothing to load from {tiny.folder}: the record has it all.\n")


def test_seed_loads_all_folders_under_seeds(
    tiny: Address, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Address(tmp_path / "seeds" / "dala2024", STEPPE)
    settings.BASE_DIR = tmp_path
    monkeypatch.chdir(tmp_path)
    assert run("seed")[1].startswith("Loaded seeds/dala2024, seeds/tiny2021:\n")
    assert Programme.objects.count() == 2


def test_seed_without_a_folder(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    assert run("seed") == (1, "", f"There is no folder of seed files in {tmp_path}/seeds.\n")


def test_seed_reports_mistakes_and_loads_nothing(tiny: Address) -> None:
    tiny.edit("topics.yaml", "name:", "nmae:")
    code, out, err = run("seed", tiny.folder)
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"{tiny.folder}/topics.yaml:2: topics[0]: has no “name”",
        f"{tiny.folder}/topics.yaml:2: topics[0].nmae: unknown key “nmae”; allowed: id, name, reason; did"
        " you mean “name”?",
        "2 mistakes; nothing was loaded.",
    ]
    assert not Programme.objects.exists()


def test_seed_check_writes_nothing(tiny: Address) -> None:
    assert run("seed", tiny.folder, check=True) == (
        0,
        f"No mistake in {tiny.folder}: 17 entries.\n",
        "",
    )
    assert not Programme.objects.exists()


def test_seed_dry_run_writes_nothing(tiny: Address) -> None:
    code, out, _ = run("seed", tiny.folder, dry_run=True)
    assert code == 0
    assert out.startswith(f"Would load {tiny.folder}:\n")
    assert not Programme.objects.exists()


def test_seed_names_what_it_kept(loaded: Address) -> None:
    source = Source.objects.get(pk="gazette")
    source.note = {"ru": "Закон."}
    source.save()
    _, out, _ = run("seed", loaded.folder)
    assert out.splitlines()[-1] == "kept as a curator changed it: source gazette (note.ru)"


# load_document, fingerprint


def test_load_document(loaded: Address, document: Path) -> None:
    assert run("load_document", "tiny-address", document, check=True) == (
        0,
        "6 paragraphs; of the citations 4 match, 0 have moved, 0 are missing.\n"
        "Nothing was stored.\n",
        "",
    )
    assert run("load_document", "tiny-address", document)[1].endswith("\nStored.\n")
    assert run("load_document", "tiny-address", document)[1].endswith("It was stored already.\n")


def test_load_document_refuses(loaded: Address, tmp_path: Path, document: Path) -> None:
    assert run("load_document", "tiny-adress", document) == (
        1,
        "",
        "There is no source “tiny-adress”; did you mean “tiny-address”?\n",
    )
    document.write_text("Something else.\n", encoding="utf-8")
    code, _, err = run("load_document", "tiny-address", document)
    assert (code, "is not the text that is cited" in err) == (1, True)


def test_fingerprint(document: Path, tmp_path: Path) -> None:
    _, out, _ = run("fingerprint", str(document), "--ordinals", "2-3")
    rows = [line.split("\t") for line in out.splitlines()]
    assert [(row[0], row[2]) for row in rows] == [
        ("2", "We begin with the rivers."),
        ("3", "An inspectorate with forty inspectors will watch them; today"),
    ]
    assert rows[0][1] == ("fp1:786fb3aed882a744bdebd8a00bbda42882d914f173bccc212701e229d70a521e")
    assert len(run("fingerprint", document)[1].splitlines()) == 6
    assert run("fingerprint", str(document), "--ordinals", "5")[1].startswith("5\tfp1:")
    with pytest.raises(CommandError, match="“few” is no range; write 7 or 1-20"):
        call_command("fingerprint", str(document), "--ordinals", "few")
    assert run("fingerprint", tmp_path / "none.txt")[0] == 1


# check_integrity


def test_integrity_of_a_sound_record(loaded: Address) -> None:
    assert run("check_integrity") == (
        0,
        "All is well: 1 reforms, 2 promises, 2 status updates, 5 citations, 4 sources, 2 publishers.\n",
        "",
    )


# SQL that goes around the workflow, and what is said of it.
DRIFTS = {
    "status": (
        "UPDATE reforms_promise SET status = 'stalled' WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: status is stalled, should be reversed",
    ),
    "since": (
        "UPDATE reforms_promise SET status_since = '2022-01-01' WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: status_since is 2022-01-01, should be 2023-12-31",
    ),
    "precision": (
        "UPDATE reforms_promise SET status_since_precision = 'day' WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: status_since_precision is day, should be year",
    ),
    "verification": (
        "UPDATE reforms_promise SET verification = 'corroborated' WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: verification is corroborated, should be independent",
    ),
    "contested": (
        "UPDATE reforms_promise SET contested = @true WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: contested is True, should be False",
    ),
    "last published": (
        "UPDATE reforms_promise SET last_published_at = NULL WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: last_published_at is None, should be ",
    ),
    "position": (
        "UPDATE reforms_promise SET position = 'elsewhere' WHERE id = 'tiny2021-1-1'",
        "promise tiny2021-1-1: position is elsewhere, should be tiny2021-001-00001",
    ),
    "search index": (
        "UPDATE reforms_promise SET title = '{\"en\": \"Changed\"}' WHERE id = 'tiny2021-1-2'",
        "promise tiny2021-1-2: search index is stale or missing, should be the present texts",
    ),
    "position of a reform": (
        "UPDATE reforms_reform SET position = 'x'",
        "reform tiny2021-1: position is x, should be tiny2021-001",
    ),
    "counts from": (
        "UPDATE reforms_statusupdate SET counts_from = '2020-01-01' WHERE status = 'implemented'",
        "counts_from is 2020-01-01, should be 2022-05-31",
    ),
    "no evidence": (
        "UPDATE reforms_citation SET stance = 'context' WHERE update_id IS NOT NULL",
        "citations is without support, should be at least one that supports it",
    ),
    "hidden source": (
        "UPDATE reforms_source SET public_since = NULL WHERE id = 'tiny-address'",
        "source tiny-address: public_since is None, should be when it was first cited",
    ),
    "hidden source of an update": (
        "UPDATE reforms_source SET public_since = NULL WHERE id = 'daily-report'",
        "source daily-report: public_since is None, should be when it was first cited",
    ),
    "address of another document": (
        "UPDATE reforms_source SET url = 'https://example.org/x' WHERE id = 'tiny-address'",
        "source tiny-address: address_digest is ",
    ),
    "hidden publisher": (
        "UPDATE reforms_publisher SET public_since = NULL,"
        " submitted_by_id = (SELECT min(id) FROM reforms_organisation) WHERE id = 'daily'",
        "publisher daily: public_since is None, should be when something public first rested on it",
    ),
    "relays itself": (
        "UPDATE reforms_citation SET origin_id = 'daily' WHERE basis = 'relays'",
        "origin is daily, should be another publisher, whose assertion is relayed",
    ),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_integrity_names_every_drift(loaded: Address, name: str) -> None:
    sql, expected = DRIFTS[name]
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("@true", "true" if connection.vendor == "postgresql" else "1"))
        assert cursor.rowcount > 0
    code, out, err = run("check_integrity")
    assert (code, out) == (1, "")
    assert expected in err
    assert err.splitlines()[-1].endswith("from what the record says.")


def test_a_false_quotation_is_named(loaded: Address) -> None:
    """What the API quotes is what the fingerprint says that the document says."""
    for ordinal, text in enumerate(("A court.", "Another court."), start=1):
        source = Source.objects.get(pk="daily-report")
        Paragraph(source=source, ordinal=ordinal, fingerprint=fingerprint(text), text=text).save()
    assert run("check_integrity")[0] == run("verify_ledger")[0] == 0
    Paragraph.objects.filter(ordinal=2).update(text="No court.")
    expected = "paragraph 2 of source daily-report: fingerprint is fp1:"
    for command in ("check_integrity", "verify_ledger"):
        code, _, err = run(command)
        assert (code, err.startswith(expected), err.count("\n")) == (1, True, 2)


def test_integrity_passes_in_batches(loaded: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reforms.integrity.BATCH", 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reforms_promise SET position = id")
    assert run("check_integrity")[2].count(": position is") == 2
    assert Promise.objects.count() == StatusUpdate.objects.count() == 2


# verify_ledger, checkpoint


def test_verify_ledger(loaded: Address) -> None:
    head = ledger.head()
    assert run("verify_ledger") == (
        0,
        f"All is well: {head.sequence} entries, head {head.sequence} {head.hash}, 0 redacted;"
        " the tables and all that is derived from them agree.\n",
        "",
    )
    assert run("verify_ledger", since=head.sequence)[1].startswith("All is well: 0 entries, head")
    assert run("verify_ledger", since=9999) == (
        1,
        "",
        "there is no entry 9999 to begin with\n"
        "1 finding: the record is not what the ledger says it is.\n",
    )
    assert run("verify_ledger", since=-1)[2] == "--since is the number of an entry, or 0.\n"


def test_verify_ledger_names_the_row_that_was_changed(loaded: Address) -> None:
    with connection.cursor() as cursor:
        cursor.execute('UPDATE reforms_topic SET name = \'{"en": "Lakes"}\'')
    assert run("verify_ledger") == (
        1,
        "",
        'topic rivers: name.en is "Lakes", the ledger says "Rivers"\n'
        "1 finding: the record is not what the ledger says it is.\n",
    )


def test_a_kept_checkpoint_is_verified(loaded: Address, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    code, line, _ = run("checkpoint")
    assert (code, line.count("\n")) == (0, 1)
    kept.write_text(line * 2, encoding="utf-8")
    checkpoint = json.loads(line)
    assert checkpoint["key"] == run("checkpoint", key=True)[1].strip()
    assert (checkpoint["sequence"], checkpoint["hash"]) == (
        ledger.head().sequence,
        ledger.head().hash,
    )
    assert run("verify_ledger", checkpoint=[kept])[0] == 0
    kept.write_text(json.dumps({**checkpoint, "sequence": 1}), encoding="utf-8")
    assert run("verify_ledger", checkpoint=[kept])[2].splitlines() == [
        "the checkpoint at 1: its signature does not fit",
        "1 finding: the record is not what the ledger says it is.",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "Expecting property name"),
        ("[]", "a checkpoint is an object with a sequence"),
        ('{"sequence": 1}', "a checkpoint has hash, instance, key, recorded_at, signature, too"),
    ],
)
def test_a_file_without_checkpoints_is_refused(
    loaded: Address, tmp_path: Path, text: str, complaint: str
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(text, encoding="utf-8")
    code, _, err = run("verify_ledger", checkpoint=[kept])
    assert (code, err.startswith(f"{kept} holds no checkpoints: {complaint}")) == (1, True)
    kept.unlink()
    assert "No such file" in run("verify_ledger", checkpoint=[kept])[2]


def test_the_checkpoint_of_an_empty_ledger() -> None:
    checkpoint = json.loads(run("checkpoint")[1])
    assert (checkpoint["sequence"], checkpoint["recorded_at"]) == (0, None)
    assert run("verify_ledger")[1].startswith("All is well: 0 entries, head 0 000000")


# adopt


def test_adopt(loaded: Address) -> None:
    assert run("adopt") == (
        1,
        "",
        "The ledger has begun; what is public is recorded as it is.\n",
    )
    assert run("adopt", if_needed=True) == (0, "", "")


def test_adopt_where_there_is_nothing() -> None:
    nothing = "Nothing is public yet: the ledger begins with what comes first.\n"
    assert run("adopt") == (0, nothing, "")
    assert run("adopt", if_needed=True) == (0, "", "")
    Topic.objects.create(id="old", name={"en": "Old"})
    assert run("adopt", if_needed=True)[1] == (
        "The ledger begins: 1 entries about all that is public.\n"
    )
    assert run("verify_ledger")[0] == 0


# redact

COURT_ORDER = {"reason": "Order of a district judge of 20 November."}


def test_redact(loaded: Address) -> None:
    update = StatusUpdate.objects.get(status="implemented")
    arguments = ("update", str(update.pk), ["note", "citations.locator"])
    entry = LedgerEntry.objects.get(object_id=update.pk).sequence
    where = f"note, citations.locator of update {update.pk}, in the record, entry {entry}.\n"
    would = run("redact", *arguments, **COURT_ORDER, dry_run=True)
    assert would == (0, f"Would redact {where}", "")
    assert run("redact", *arguments, **COURT_ORDER) == (
        0,
        f"Redacted {where}"
        f"Entry {ledger.head().sequence} of the ledger says so, and why.\n"
        "Backups, seed files and caches of others may still hold the text.\n",
        "",
    )
    assert ", 1 redacted; the tables" in run("verify_ledger")[1]
    assert run("check_integrity")[0] == 0
    assert run("redact", *arguments, **COURT_ORDER) == (
        0,
        f"Nothing to redact: no text is left in note, citations.locator of update {update.pk}.\n",
        "",
    )


def test_redact_tells_where_else_the_text_stands(loaded: Address) -> None:
    update = StatusUpdate.objects.get(status="implemented")
    topic = Topic(id="told", name=update.note)
    workflow.save(topic)
    out = run("redact", "update", str(update.pk), ["note"], **COURT_ORDER)[1]
    place = f"entry {ledger.head().sequence - 1} (topic told)"
    assert out.splitlines()[1] == f"Such a text stands elsewhere too: in {place}."


def test_redact_what_is_not_public(loaded: Address) -> None:
    workflow.save(Source(id="draft", title={"en": "Draft"}, kind="news", publisher_id="daily"))
    assert run("redact", "source", "draft", ["title"], **COURT_ORDER)[1].splitlines()[:2] == [
        "Redacted title of source draft, in the record.",
        "It was not public: the ledger says nothing.",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("promise", "tiny2021-9-9", ["title"]), "There is no promise “tiny2021-9-9”.\n"),
        (("update", "tiny2021-1-1", ["note"]), "There is no update “tiny2021-1-1”.\n"),
        (
            ("topic", "rivers", ["slug"]),
            "slug: it is no text; what can be redacted of topic is name, reason. Nothing was"
            " redacted.\n",
        ),
    ],
)
def test_redact_refuses(loaded: Address, arguments: Any, complaint: str) -> None:
    assert run("redact", *arguments, **COURT_ORDER) == (1, "", complaint)
    code, _, err = run("redact", "topic", "rivers", ["name"], reason="About rivers.")
    assert (code, "it repeats a text that is to be redacted" in err) == (1, True)
    with pytest.raises(CommandError, match="invalid choice: 'statusupdate'"):
        call_command("redact", "statusupdate", "x", "note", "--reason=x")


# create_curator

PASSWORD = "quiet-heron-over-reeds"


@pytest.fixture
def roles() -> None:
    for name in create_curator.ROLES:
        Group.objects.get_or_create(name=name)


def answer(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> None:
    monkeypatch.delenv("CURATOR_PASSWORD", raising=False)
    answers = iter(passwords)
    monkeypatch.setattr(create_curator, "getpass", lambda _prompt: next(answers))


@pytest.mark.parametrize("role", create_curator.ROLES)
def test_create_curator(roles: None, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    answer(monkeypatch, PASSWORD, PASSWORD)
    assert run("create_curator", "aigerim", role=role, email="a@example.org") == (
        0,
        f"aigerim can sign in to the admin as {role}.\n",
        "",
    )
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.email) == (True, False, "a@example.org")
    assert user.check_password(PASSWORD)
    assert [group.name for group in user.groups.all()] == [role]


def test_create_curator_with_the_password_from_the_environment(
    roles: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATOR_PASSWORD", PASSWORD)
    assert run("create_curator", "aigerim")[0] == 0
    assert User.objects.get().check_password(PASSWORD)


def test_create_curator_refuses(roles: None, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create(username="taken")
    for name, passwords, complaint in [
        ("taken", (PASSWORD, PASSWORD), "There is an account called “taken” already."),
        ("two words", (PASSWORD, PASSWORD), "Enter a valid username"),
        ("aigerim", (PASSWORD, "another"), "The two passwords differ; nothing was made."),
        ("aigerim", ("short", "short"), "This password is too short."),
        ("aigerimkazakhstan", ("aigerimkazakhstan1",) * 2, "too similar to the username"),
    ]:
        answer(monkeypatch, *passwords)
        code, _, err = run("create_curator", name)
        assert (code, complaint in err) == (1, True), err
    assert User.objects.count() == 1


def test_create_curator_without_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, PASSWORD, PASSWORD)
    code, _, err = run("create_curator", "aigerim")
    assert (code, err) == (
        1,
        "There is no role “curator” yet: run “manage.py loaddata roles” first.\n",
    )
    assert not User.objects.exists()
