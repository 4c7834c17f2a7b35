"""Where people read about an object: its page, or what the API says where it has none."""

from django.urls import NoReverseMatch, reverse


def address_of(type_: str, id_: str) -> str:
    """The path of the page about an object; `type_` is one of the ledger's, such as `promise`."""
    try:
        return reverse(f"pages:{type_}", args=[id_])
    except NoReverseMatch:
        return reverse(f"{type_}-detail", args=[id_])


def address_of_all(type_: str) -> str:
    """The path of the page that lists what is meant; the first page where there is none."""
    try:
        return reverse(f"pages:{type_}")
    except NoReverseMatch:
        return reverse("pages:home")
