"""The files of nightly backups: their names, and which are kept."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from db.backup import ENDINGS
from db.backup_problem import BackupProblem
from venue.backup_plan import BackupPlan
from venue.backups import manifest as manifests
from venue.backups.manifest import Manifest

NAME = "anchor-{at:%Y%m%dT%H%M%SZ}{ending}"
# Files of a backup that is being made, or that a process has left when it ended.
UNFINISHED = ".anchor-*"
LEFT_AFTER = timedelta(days=1)


def name_at(made_at: datetime, ending: str) -> str:
    """The name of a backup that is made at this instant, like "anchor-20270115T040000Z.db"."""
    return NAME.format(at=made_at.astimezone(UTC), ending=ending)


def delete_old(plan: BackupPlan, *, zone: ZoneInfo, now: datetime) -> list[Path]:
    """Delete the backups that the plan no longer keeps, and return them. Files that were named by hand stay."""
    if plan.folder is None:
        return []
    stored = dict(_stored(plan.folder))
    kept = _kept(stored.values(), plan, zone)
    old = [file for file, manifest in stored.items() if manifest.file not in kept]
    for file in old:
        file.unlink(missing_ok=True)
        manifests.path_of(file).unlink(missing_ok=True)
    for file in plan.folder.glob(UNFINISHED):
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - LEFT_AFTER:
            file.unlink(missing_ok=True)
    return old


def _stored(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    for file in sorted(folder.glob("anchor-*Z.*")):
        if file.suffix not in ENDINGS.values():
            continue
        try:
            manifest = manifests.read(file)
        except BackupProblem:
            continue
        if manifest is not None and manifest.file == file.name:
            yield file, manifest


def _kept(backups: Iterable[Manifest], plan: BackupPlan, zone: ZoneInfo) -> set[str]:
    """The files of the latest backup of each of the last days, and of each of the last months, that have one."""
    days: dict[str, str] = {}
    months: dict[str, str] = {}
    for each in sorted(backups, key=lambda each: each.made_at, reverse=True):
        local = each.made_at.astimezone(zone)
        days.setdefault(f"{local:%Y-%m-%d}", each.file)
        months.setdefault(f"{local:%Y-%m}", each.file)
    return {*list(days.values())[: plan.daily], *list(months.values())[: plan.monthly]}
