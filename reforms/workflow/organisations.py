"""Taking in organisations: who they are in public, and the licence under which they give data."""

from django.conf import settings

from reforms import ledger
from reforms.dates import now
from reforms.errors import RuleBroken
from reforms.models import Organisation
from reforms.workflow.public_objects import save


def enrol(organisation: Organisation) -> None:
    """Record a new organisation that has accepted the data licence.

    Raises RuleBroken naming every bad field; whoever comes by this way states whose it is.
    """
    if not organisation.affiliation:
        raise RuleBroken(
            {"affiliation": ["say whose it is and who pays; readers weigh it by that"]}
        )
    organisation.licence_accepted = settings.DATA_LICENCE
    organisation.licence_accepted_at = now()
    save(organisation)


def accept_licence(organisation: Organisation) -> bool:
    """Note that an organisation of before accepts the data licence; return whether that is new.

    Raises RuleBroken for one that was withdrawn.
    """
    with ledger.writing():
        stored = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if stored.withdrawn_at is not None:
            raise RuleBroken(f"{organisation} was withdrawn from the record and stays as it was")
        accepted = stored.licence_accepted != settings.DATA_LICENCE
        if accepted:
            stored.licence_accepted = settings.DATA_LICENCE
            stored.licence_accepted_at = now()
            stored.save(update_fields=["licence_accepted", "licence_accepted_at"])
    organisation.licence_accepted = stored.licence_accepted
    organisation.licence_accepted_at = stored.licence_accepted_at
    return accepted
