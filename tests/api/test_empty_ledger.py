"""What a tracker answers before its first entry.

In a file of its own, because the record of other files fills the ledger.
"""

from reforms.ledger import checkpoints
from tests.api.asking import answer, codes


def test_before_the_first_entry(db: None) -> None:
    head = answer("/changes/head/")
    assert (head["sequence"], head["hash"], head["recorded_at"]) == (0, "0" * 64, None)
    assert checkpoints.is_signed(head, checkpoints.public_key())
    page = answer("/changes/")
    assert (page["head"], page["results"]) == (head, [])
    assert page["next"].endswith("?limit=50&after=0")
    assert codes("/changes/", {"after": "1"}) == [("after", "out_of_range")]
    assert codes("/changes/", {"object": "court"}) == [("object", "unknown_value")]


def test_no_corrections_yet(db: None) -> None:
    assert answer("/corrections/", {"count": "true"}) == {
        "next": None,
        "previous": None,
        "count": 0,
        "results": [],
    }


def test_no_figures_yet(db: None) -> None:
    told = answer("/statistics/", {"group_by": "reform"})
    assert (told["date"], told["overall"]["total"], told["results"]) == (None, 0, [])
    assert answer("/statistics/timeseries/")["results"] == []
