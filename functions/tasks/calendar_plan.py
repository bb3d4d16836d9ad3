"""What an import has to do: events against what is known of them, within the plan's limit."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from functions.tasks.calendar_import_models import NewImport, Reason
from functions.tasks.ical_entries import Clocks, Entry, Skip, entry, name_of, title_of
from functions.tasks.ical_items import Columns, Shape, item, kind_of
from functions.tasks.ical_occurrences import Own, as_in_series, own
from functions.tasks.ical_reading import Calendar
from shared.ids import canonical_uuid, uuid7

MOST_CHANGES = 500
"""Items and occurrences that one import makes or changes; the next one goes on."""
MOST_TRIES = 1_000
"""New events that are looked at closely."""
OURS = "@campus"

Row = Mapping[str, Any]
Key = tuple[str, datetime | None]


@dataclass(slots=True)
class Skipped:
    """An event that is left alone."""

    uid: str
    recurrence_id: datetime | None
    title: str
    reason: Reason


@dataclass(slots=True)
class Found:
    """The events of a calendar by UID: the event or series itself, and what differs from it."""

    masters: dict[str, Entry] = field(default_factory=dict[str, Entry])
    others: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    timezone: str = "UTC"

    @classmethod
    def of(cls, calendar: Calendar, timezone: str) -> "Found":
        """All that can be read. Of several versions of one event, the latest counts."""
        clocks = Clocks.of(calendar, timezone)
        found, latest = cls(timezone=clocks.default), dict[Key, Entry]()
        for component in calendar.items:
            try:
                one = entry(component, clocks)
            except Skip as skip:
                known = name_of(component), None, title_of(component)
                found.skipped.append(Skipped(*known, skip.reason))
                continue
            key = one.uid, one.recurrence_id.local if one.recurrence_id else None
            older = latest.get(key)
            if older:
                loser = older if one.rank >= older.rank else one
                found.skipped.append(Skipped(*key, loser.title, "duplicate"))
            if older is None or one.rank >= older.rank:
                latest[key] = one
        for one in latest.values():
            if one.recurrence_id is None:
                found.masters[one.uid] = one
            else:
                found.others.setdefault(one.uid, []).append(one)
        found.skipped += [Skipped("", None, "", "invalid")] * calendar.broken
        found.skipped += [Skipped("", None, "", "too_many")] * calendar.left
        return found

    @property
    def uids(self) -> list[str]:
        return list(dict.fromkeys([*self.masters, *self.others]))

    @property
    def ours(self) -> list[UUID]:
        """Ids of items that may be the reader's own: UIDs as this project's calendars have them."""
        ids = (canonical_uuid(u.removesuffix(OURS)) for u in self.uids if u.endswith(OURS))
        return [found for found in ids if found]


@dataclass(slots=True)
class Plan:
    """What is to be done. Keys are what the next import recognizes events by."""

    wanted: NewImport
    standing: Sequence[Row]
    limit: int | None
    timezone: str
    reminders: dict[str, list[int]]
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))
    items: list[Columns] = field(default_factory=list[Columns])
    owns: list[Columns] = field(default_factory=list[Columns])
    keys: list[Columns] = field(default_factory=list[Columns])
    forgotten: list[UUID] = field(default_factory=list[UUID])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    counts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    used: int = 0

    def make(self, found: Found) -> None:
        """Decide about every event: what is known first, then what is new, the next ones first."""
        self.skipped += found.skipped
        self.used = self.standing[0]["used"]
        known = {(row["uid"], row["recurrence_id"]): row for row in self.standing if row["uid"]}
        ours = {f"{one}{OURS}" for one in self.standing[0]["own"]}
        new = list[tuple[Entry, list[Entry]]]()
        for uid in found.uids:
            master, others = found.masters.get(uid), found.others.get(uid, [])
            if uid in ours:
                self._skip_all("own", master, *others)
            elif (uid, None) in known:
                self._known(known, uid, master, others)
            elif master is not None:
                new.append((master, others))
            else:
                new += self._alone(known, others)
        new.sort(key=self._nearness)
        for number, (master, others) in enumerate(new):
            if number < MOST_TRIES:
                self._create(master, others)
            else:
                self._skip_all("too_many", master, *others)

    def _nearness(self, new: tuple[Entry, list[Entry]]) -> tuple[bool, float]:
        """What is ahead first, by how far off it begins."""
        one = new[0]
        start = one.due or one.start
        if start is None:
            return True, 0.0
        until = re.search(r"UNTIL=(\d{8})", one.rule.upper(), re.ASCII)
        goes_on = one.recurs and (until is None or until[1] >= f"{self.now:%Y%m%d}")
        seconds = (start.local - self.now).total_seconds()
        return not goes_on and seconds < 0, abs(seconds)

    def _alone(self, known: dict[Key, Row], others: list[Entry]) -> list[tuple[Entry, list[Entry]]]:
        """Occurrences without their series are events of their own. Returns those that are new."""
        new = list[tuple[Entry, list[Entry]]]()
        for one in others:
            row = known.get((one.uid, one.recurrence_id.local if one.recurrence_id else None))
            if row:
                self._update(row, one, [], known)
            else:
                new.append((one, []))
        return new

    def _known(
        self, known: dict[Key, Row], uid: str, master: Entry | None, others: list[Entry]
    ) -> None:
        row = known[uid, None]
        if not row["is_live"]:
            self._skip_all("deleted", master, *others)
        elif master is not None:
            self._update(row, master, others, known)
        elif row["locked"]:
            self._skip_all("locked", *others)
        else:
            self._differing(row["item_id"], Shape.of(row), others, known)

    def _update(self, row: Row, master: Entry, others: list[Entry], known: dict[Key, Row]) -> None:
        try:
            if not row["is_live"]:
                raise Skip("deleted")
            if row["locked"]:
                raise Skip("locked")
            _check_age(master, row)
            if master.is_cancelled:
                self._change("delete", row["kind"], row["item_id"], {})
                return
            one = item(master, row["kind"], self.timezone)
            if one.digest == row["digest"].hex():
                self.counts[row["kind"], "unchanged"] += 1
            else:
                self._change("update", row["kind"], row["item_id"], one.columns)
                self._key(master, row["recurrence_id"], row["kind"], row["item_id"], one.digest)
        except Skip as skip:
            self._skip_all(skip.reason, master, *others)
            return
        if row["kind"] != "study_session":
            self._differing(row["item_id"], one.shape, others, known)
            self._forget(row, one.shape, others, known)

    def _differing(
        self, item_id: UUID, shape: Shape, others: list[Entry], known: dict[Key, Row]
    ) -> None:
        times = shape.times(self.now) if others else set[datetime]()
        for other in others:
            try:
                one = own(other, shape, times)
                row = known.get((other.uid, one.recurrence_id))
                if row:
                    _check_age(other, row)
                if row and row["digest"].hex() == one.digest:
                    self.counts["occurrence", "unchanged"] += 1
                else:
                    self._own(item_id, shape.kind, one)
                    self._key(other, one.recurrence_id, shape.kind, item_id, one.digest)
            except Skip as skip:
                self._skip_all(skip.reason, other)

    def _forget(
        self, master: Row, shape: Shape, others: list[Entry], known: dict[Key, Row]
    ) -> None:
        """What differed by an earlier import and does not any more is as in its series again."""
        told = {shape.local(one.recurrence_id) for one in others if one.recurrence_id}
        lost = {at: row for (uid, at), row in known.items() if uid == master["uid"] and at}
        lost = {at: row for at, row in lost.items() if at not in told}
        times = shape.times(self.now) if lost else set[datetime]()
        for at, row in lost.items():
            self.forgotten.append(row["key_id"])
            if at in times:
                plain = as_in_series(Entry(False, master["uid"], ""), shape, at)
                self._own(master["item_id"], shape.kind, plain)

    def _create(self, master: Entry, others: list[Entry]) -> None:
        try:
            if master.is_cancelled:
                raise Skip("cancelled")
            has_course = self.wanted.course_id is not None
            kind = kind_of(master, self.wanted.kind, has_course=has_course)
            if self.limit is not None and self.used >= self.limit:
                raise Skip("over_limit")
            one, item_id = item(master, kind, self.timezone), uuid7()
            columns = {**one.columns, "course_id": self.wanted.course_id}
            self._change("create", kind, item_id, {**columns, "reminders": self.reminders[kind]})
            self.used += 1
        except Skip as skip:
            self._skip_all(skip.reason, master, *others)
            return
        again = master.recurrence_id
        self._key(master, again.local if again else None, kind, item_id, one.digest)
        self._differing(item_id, one.shape, others, {})

    def _change(self, op: str, kind: str, item_id: UUID, columns: Columns) -> None:
        self._check_room()
        self.items.append({"op": op, "kind": kind, "id": item_id, "columns": columns})
        self.counts[kind, f"{op}d"] += 1

    def _own(self, item_id: UUID, kind: str, one: Own) -> None:
        self._check_room()
        self.owns.append({
            "item_id": item_id, "kind": kind, "recurrence_id": one.recurrence_id,
            "cancelled": one.entry.is_cancelled, "changes": one.columns,
        })  # fmt: skip
        self.counts["occurrence", "updated"] += 1

    def _check_room(self) -> None:
        if len(self.items) + len(self.owns) >= MOST_CHANGES:
            raise Skip("too_many")

    def _key(
        self, one: Entry, recurrence_id: datetime | None, kind: str, item_id: UUID, seal: str
    ) -> None:
        self.keys.append({
            "uid": one.uid, "recurrence_id": recurrence_id, "kind": kind, "item_id": item_id,
            "sequence": one.sequence, "modified_at": one.modified, "digest": seal,
        })  # fmt: skip

    def _skip_all(self, reason: Reason, *entries: Entry | None) -> None:
        for one in entries:
            if one is not None:
                at = one.recurrence_id.local if one.recurrence_id else None
                self.skipped.append(Skipped(one.uid, at, one.title, reason))


def _check_age(one: Entry, row: Row) -> None:
    """An older version than the one that is known changes nothing."""
    if one.sequence < row["sequence"]:
        raise Skip("older")
    known = row["modified_at"]
    if one.sequence == row["sequence"] and one.modified and known and one.modified < known:
        raise Skip("older")
