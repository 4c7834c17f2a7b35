"""What the documents say of the data and the commands is true."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_counts_the_data() -> None:
    promises = [
        promise
        for path in (ROOT / "seeds" / "kz2022").glob("reform-*.yaml")
        for promise in yaml.safe_load(path.read_text(encoding="utf-8"))["promises"]
    ]
    updates = sum(len(promise.get("updates", [])) for promise in promises)
    unknown = sum(not promise.get("updates") for promise in promises)
    assert f"{len(promises)} promises, {updates} status\nupdates" in README
    assert f"Nothing is known of {unknown} promises" in README


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_task_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    for task in phony.group(1).split():
        assert re.search(rf"^{task}:.*## \w", makefile, re.MULTILINE), task
