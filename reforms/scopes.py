"""What keys may do: the words that curators choose from, and the permissions behind them."""

from reforms.vocabulary import Term


class Scope(Term):
    """What a key may do, for the organisation that it belongs to."""

    SUBMIT = "submit", "send status updates, change and withdraw them, retract and supersede"
    PUBLISH = "publish", "publish them without review, where the organisation is trusted"
    REVIEW = "review", "read what others submitted, publish it, send it back, reject it"
    SOURCES = "sources", "send sources by themselves"
    WEBHOOKS = "webhooks", "have changes of the record sent to addresses of the organisation"


# The permissions that a key has by each of its scopes.
SCOPE_PERMISSIONS: dict[Scope, tuple[str, ...]] = {
    Scope.SUBMIT: ("reforms.add_statusupdate", "reforms.change_statusupdate"),
    Scope.PUBLISH: ("reforms.publish_statusupdate",),
    Scope.REVIEW: ("reforms.review_statusupdate",),
    Scope.SOURCES: ("reforms.add_source", "reforms.change_source"),
    Scope.WEBHOOKS: ("reforms.add_webhook", "reforms.change_webhook", "reforms.delete_webhook"),
}
