"""The commands about organisations and their keys, and `forget`: what they print and where."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from reforms import keys, ledger, workflow
from reforms.management.arguments import duration, end
from reforms.models import Key, LedgerEntry, Organisation
from tests.fixtures import Clock, People, fresh, make_promise, make_update
from tests.tables import everywhere
from tests.test_commands import run

Told = tuple[int, str, str]


def type_in(name: str, *words: str) -> Told:
    """As `run`, with everything typed in as at a shell."""
    return run(name, *words)


@pytest.fixture
def lantern(cast: None) -> Organisation:
    organisation = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(organisation)
    return organisation


# create_organisation, accept_licence

BEACON = (
    "create_organisation",
    "beacon",
    "--name=Beacon",
    "--name-ru=Маяк",
    "--affiliation=A foundation pays.",
)


def test_create_organisation(people: People) -> None:
    assert type_in(
        *BEACON,
        "--accept-licence",
        "--pseudonym",
        "--legal-name=Zebulon & Daughters",
        "--trusted",
        "--url=https://beacon.example",
        "--member=anna",
        "--member=boris",
    ) == (0, "beacon is recorded, and gives its data under CC-BY-4.0.\n", "")
    beacon = Organisation.objects.get(pk="beacon")
    assert (beacon.name, beacon.affiliation, beacon.url) == (
        {"en": "Beacon", "ru": "Маяк"},
        {"en": "A foundation pays."},
        "https://beacon.example",
    )
    assert (beacon.pseudonymous, beacon.trusted, beacon.legal_name) == (
        True,
        True,
        "Zebulon & Daughters",
    )
    assert beacon.licence_accepted == "CC-BY-4.0"
    assert set(beacon.members.all()) == {people.anna, people.boris}
    entry = LedgerEntry.objects.latest("sequence")
    assert (entry.action, entry.object_id, entry.actor) == ("create", "beacon", "role:operator")
    assert everywhere("Zebulon") == ["reforms_organisation.legal_name"]


def test_create_organisation_needs_little(cast: None) -> None:
    assert type_in(*BEACON, "--accept-licence")[0] == 0
    beacon = Organisation.objects.get(pk="beacon")
    assert (beacon.pseudonymous, beacon.trusted, beacon.legal_name) == (False, False, "")


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no licence": (BEACON, "has accepted that, say so: --accept-licence"),
    "no name": (
        ("create_organisation", "beacon", "--affiliation=Ours.", "--accept-licence"),
        "name: ",
    ),
    "no affiliation": (
        ("create_organisation", "beacon", "--name=Beacon", "--accept-licence"),
        "affiliation: say whose it is and who pays; readers weigh it by that. Nothing was recorded.",
    ),
    "no id": ((BEACON[0], "Two Words", *BEACON[2:], "--accept-licence"), "is no id"),
    "taken": (
        (BEACON[0], "lantern", *BEACON[2:], "--accept-licence"),
        "There is an organisation “lantern” already.",
    ),
    "no such account": (
        (*BEACON, "--accept-licence", "--member=nobody"),
        "There is no account called nobody. Nothing was recorded.",
    ),
}


@pytest.mark.parametrize(("words", "complaint"), REFUSED.values(), ids=REFUSED)
def test_create_organisation_refuses(cast: None, words: tuple[str, ...], complaint: str) -> None:
    head = ledger.head()
    code, out, err = type_in(*words)
    assert (code, out) == (1, "")
    assert complaint in err
    assert (Organisation.objects.count(), ledger.head()) == (3, head)


def test_accept_licence(cast: None) -> None:
    told = "lantern gives its data under CC-BY-4.0.\n"
    assert type_in("accept_licence", "lantern") == (0, told, "")
    again = "lantern gave its data before now under CC-BY-4.0.\n"
    assert type_in("accept_licence", "lantern") == (0, again, "")
    code, _, err = type_in("accept_licence", "lantren")
    assert (code, err) == (
        1,
        "There is no organisation “lantren”. Did you mean “lantern”?\n",
    )
    workflow.withdraw_object(Organisation.objects.get(pk="compass"), "Entered twice.")
    code, _, err = type_in("accept_licence", "compass")
    assert (code, "compass was withdrawn from the record" in err) == (1, True)


# issue_key, rotate_key, revoke_key, keys


def test_issue_key_prints_the_key_alone(lantern: Organisation, clock: Clock) -> None:
    code, out, err = type_in(
        *("issue_key", "lantern", "--name=Nightly", "--scope=submit", "--scope=sources"),
        *("--programme=demo2020", "--expires=90d"),
    )
    key = keys.find(out.removesuffix("\n"))
    assert (code, out.count("\n")) == (0, 1)
    assert err == f"The key {key.pk} of lantern. Nobody can read it again:\n"
    assert (key.organisation_id, key.name, key.scopes, key.programme_id, key.created_by) == (
        "lantern",
        "Nightly",
        ["submit", "sources"],
        "demo2020",
        None,
    )
    assert key.expires_at == clock.moment + timedelta(days=90)
    assert everywhere(out.strip()[-43:]) == []


NO_KEY: dict[str, tuple[tuple[str, ...], str]] = {
    "no organisation": (("lantren", "--scope=submit"), "Did you mean “lantern”?"),
    "no programme": (
        ("lantern", "--scope=submit", "--programme=demo2021"),
        "There is no programme “demo2021”. Did you mean “demo2020”?",
    ),
    "no licence": (("compass", "--scope=submit"), "compass has not accepted the data licence"),
    "no trust": (("lantern", "--scope=publish"), "lantern is not trusted to publish"),
    "in the past": (
        ("lantern", "--scope=submit", "--expires=2020-01-01"),
        "expires_at: it is not in the future. No key was made.",
    ),
}


@pytest.mark.parametrize(("words", "complaint"), NO_KEY.values(), ids=NO_KEY)
def test_issue_key_refuses(lantern: Organisation, words: tuple[str, ...], complaint: str) -> None:
    code, out, err = type_in("issue_key", *words, "--name=Nightly")
    assert (code, out, complaint in err) == (1, "", True), err
    assert not Key.objects.exists()


BAD_ARGUMENTS = [
    (("--scope=delete",), "invalid choice: 'delete' (choose from 'submit', 'publish', "),
    (("--scope=submit", "--expires=soon"), "“soon” is no end: write a day as 2027-01-01, or"),
    (("--scope=submit", "--expires=2027-02-30"), "“2027-02-30” is no day"),
    ((), "the following arguments are required: --scope"),
]


@pytest.mark.parametrize(("words", "complaint"), BAD_ARGUMENTS)
def test_issue_key_says_what_it_takes(
    lantern: Organisation, words: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("issue_key", "lantern", "--name=Nightly", *words)
    assert complaint in str(refused.value)


def test_rotate_key(lantern: Organisation, clock: Clock) -> None:
    clock.at("2026-05-01T12:00Z")
    old, before = keys.issue(lantern, "Nightly", ["submit"])
    code, out, err = type_in("rotate_key", old.pk)
    made = keys.find(out.strip())
    assert (code, err) == (
        0,
        f"The key {old.pk} of lantern ends now.\n"
        f"The key {made.pk} takes its place. Nobody can read it again:\n",
    )
    with pytest.raises(keys.KeyRefused, match="was revoked"):
        keys.find(before)
    code, out, err = type_in("rotate_key", made.pk, "--overlap=24h")
    assert f"The key {made.pk} of lantern ends with 2026-05-02 12:00 UTC.\n" in err
    assert {keys.find(out.strip()).name, fresh(made).name} == {"Nightly"}
    assert type_in("rotate_key", old.pk) == (
        1,
        "",
        f"the key {old.pk} has ended; issue another one. Nothing was changed.\n",
    )
    with pytest.raises(CommandError, match="“long” is no length of time: write 90d, 24h or 30m"):
        call_command("rotate_key", made.pk, "--overlap=long")


def test_revoke_key(lantern: Organisation, clock: Clock) -> None:
    clock.at("2026-05-01T12:00Z")
    key, text = keys.issue(lantern, "Nightly", ["submit"])
    told = f"The key {key.pk} of lantern ended on 2026-05-01 12:00 UTC.\n"
    assert type_in("revoke_key", key.pk) == (0, told, "")
    with pytest.raises(keys.KeyRefused, match="was revoked"):
        keys.find(text)
    clock.at("2026-06-01T12:00Z")
    assert type_in("revoke_key", key.pk) == (0, told, "")
    assert type_in("revoke_key", "abc") == (1, "", "There is no key “abc”.\n")


def test_keys(lantern: Organisation, clock: Clock) -> None:
    assert type_in("keys") == (0, "There are no keys.\n", "")
    clock.at("2026-05-01T12:30Z")
    made = [
        keys.issue(lantern, "Nightly import", ["submit", "sources"])[0],
        keys.issue(lantern, "Trial", ["submit"], expires_at=clock.moment + timedelta(days=1))[0],
    ]
    keys.note_use(made[0])
    keys.revoke(made[1])
    out = type_in("keys", "lantern")[1]
    assert out.splitlines() == [
        "id            organisation  name            scopes          programme"
        "  ends              last use          state",
        f"{made[0].pk}  lantern       Nightly import  submit,sources  all      "
        "  never             2026-05-01 12:00  alive",
        f"{made[1].pk}  lantern       Trial           submit          all      "
        "  2026-05-02 12:30  none              ended",
    ]
    assert made[0].digest not in out
    assert type_in("keys")[1] == out
    assert type_in("keys", "compass")[1] == "There are no keys.\n"
    assert type_in("keys", "compas")[0] == 1


def test_lengths_and_ends(clock: Clock) -> None:
    assert duration("90d") == timedelta(days=90)
    assert (duration("24h"), duration("30m")) == (timedelta(hours=24), timedelta(minutes=30))
    assert end("2d") == clock.moment + timedelta(days=2)
    assert end("2027-01-01").isoformat() == "2027-01-01T00:00:00+00:00"


# forget


def test_forget(people: People, clock: Clock, settings: Any) -> None:
    nothing = "Nothing to forget: nothing is older than 90 days.\n"
    assert type_in("forget") == (0, nothing, "")
    make_update(make_promise(), "stalled", organisation="lantern", user=people.anna)
    clock.at((clock.moment + timedelta(days=91)).isoformat())
    line = "authors of status updates         1\n"
    assert type_in("forget", "--dry-run") == (0, f"Would forget:\n{line}", "")
    assert type_in("forget") == (0, f"Forgot:\n{line}", "")
    assert type_in("forget") == (0, nothing, "")
    assert run("forget", verbosity=0) == (0, "", "")
    assert run("verify_ledger")[0] == run("check_integrity")[0] == 0
    assert User.objects.filter(username="anna").exists()
