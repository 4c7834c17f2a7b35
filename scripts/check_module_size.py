"""Fail when a module is longer than a reader can keep in mind: split it by concept."""

import sys
from pathlib import Path

LIMIT = 300
ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("reforms", "tracker", "scripts")


def main() -> int:
    """Name every module over the limit; migrations record history and are left alone."""
    modules = [path for name in FOLDERS for path in sorted((ROOT / name).rglob("*.py"))]
    too_long = 0
    for path in modules:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LIMIT and "migrations" not in path.parts:
            print(f"{path.relative_to(ROOT)}: {lines} lines, at most {LIMIT} are allowed.")
            too_long += 1
    if not modules or too_long:
        return 1
    print(f"Module size: {len(modules)} modules, none over {LIMIT} lines.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
