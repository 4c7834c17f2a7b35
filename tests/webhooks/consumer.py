"""The consumer of `examples/`, which holds its breath now and then: PORT FILE NUMBERS.

After it has written down events of these numbers (from 1), it says so and waits before it answers:
whoever kills the worker then does so in the middle of a delivery.
"""

import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples"))

import receive_webhooks  # type: ignore[import-not-found]  # noqa: E402

HOLD = {int(one) for one in sys.argv.pop().split(",")}
put = receive_webhooks.Inbox.put


def put_and_wait(inbox: Any, id_: str, event: Any) -> bool:
    is_new: bool = put(inbox, id_, event)
    if is_new and len(inbox.known) in HOLD:
        Path(f"{inbox.path}.held-{len(inbox.known)}").touch()
        time.sleep(0.7)
    return is_new


receive_webhooks.Inbox.put = put_and_wait

if __name__ == "__main__":
    receive_webhooks.main()
