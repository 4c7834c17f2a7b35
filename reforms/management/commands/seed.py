from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from reforms.errors import SeedsRefused
from reforms.seeding import checking
from reforms.seeding.complaints import listed
from reforms.seeding.folders import TYPES, Folder
from reforms.seeding.loader import load


class Command(BaseCommand):
    help = (
        "Load folders of seed files into the record, all or nothing. What a curator has changed"
        " since the last load is kept and named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders",
            nargs="*",
            type=Path,
            metavar="folder",
            help="a folder that holds programme.yaml; without any, all folders under seeds/",
        )
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--check", action="store_true", help="check the files, write nothing")
        only.add_argument(
            "--dry-run", action="store_true", help="load, say what was done, and undo it all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paths = [Path(path) for path in options["folders"]] or _all_folders()
        try:
            folders = checking.check(dict.fromkeys(paths))
            names = listed(folder.name for folder in folders)
            if options["check"]:
                count = sum(len(folder.entries) for folder in folders)
                self.stdout.write(f"No mistake in {names}: {count} entries.")
                return
            self._load(folders, names, options)
        except SeedsRefused as error:
            for complaint in error.complaints:
                self.stderr.write(complaint)
            count = len(error.complaints)
            mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
            raise CommandError(f"{mistakes}; nothing was loaded.") from None

    def _load(self, folders: Sequence[Folder], names: str, options: dict[str, Any]) -> None:
        total = sum(len(list(folder.of(*TYPES))) for folder in folders)
        # `None` means: only where standard error is a terminal.
        with tqdm(total=total, unit="entry", delay=1, leave=False, disable=None) as bar:
            report = load(folders, dry_run=options["dry_run"], tick=bar.update)
        if options["verbosity"] < 1:
            return
        if report.wrote:
            self.stdout.write(f"{'Would load' if options['dry_run'] else 'Loaded'} {names}:")
            self.stdout.write("\n".join(report.table()))
        else:
            self.stdout.write(f"Nothing to load from {names}: the record has it all.")
        for remark in report.remarks():
            self.stdout.write(remark)


def _all_folders() -> list[Path]:
    seeds: Path = settings.BASE_DIR / "seeds"
    folders = sorted(path for path in seeds.glob("*/") if not path.name.startswith("."))
    if not folders:
        raise CommandError(f"There is no folder of seed files in {checking.shown(seeds)}.")
    return folders
