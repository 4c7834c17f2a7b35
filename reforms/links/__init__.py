"""Whether an address still leads somewhere: the words for it, vetting, asking. No models."""

from reforms.links.asking import Answer, ask
from reforms.links.connecting import Manners
from reforms.links.outcomes import BAD, LinkOutcome, Run, is_dead
from reforms.links.vetting import Forbidden, Place, is_public, vetted

__all__ = [
    "BAD",
    "Answer",
    "Forbidden",
    "LinkOutcome",
    "Manners",
    "Place",
    "Run",
    "ask",
    "is_dead",
    "is_public",
    "vetted",
]
