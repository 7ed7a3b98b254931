"""The list of customers filtered by tags, alone and with words (ACCEPTANCE P2): about 3 tags on each customer."""

import sys
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from benchmarks import measure, people, venues
from benchmarks.lists import COLUMNS, PAGE, QUICK, SIZES, Bare, Ours, Rows, page_said
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW, TODAY
from venue.profile import Venue

TAGS = 12
# Every second customer, every tenth, and one in a thousand has the first three; the others are on the rest.
SHARES = (2, 10, 1_000)
SPACE = UUID("2b0f2f6f-7d0c-4f5e-9c3c-1f3b8e1d6a55")
IDS = [uuid5(SPACE, str(number)) for number in range(TAGS)]
NAMED = {"a tag of half of all": (IDS[0],), "a tag of one in 1,000": (IDS[2],), "two tags": (IDS[0], IDS[1])}
LIVE = "t.tag_id = :tag{} AND (t.last_day IS NULL OR t.last_day >= :day)"


class BareTags(Bare):
    """The best queries for tags."""

    def tagged(self, tags: tuple[UUID, ...]) -> Rows:
        """Of tags that many have, the page is read in order; of rare ones, the customers are gathered first."""
        if IDS[2] in tags:
            return self._gathered("customer_tags t JOIN customers c ON c.id = t.customer_id", LIVE.format(0), tags)
        having = " AND ".join(self._has(place) for place in range(len(tags)))
        total = f"SELECT count(*) FROM customer_tags t WHERE {LIVE.format(0)}"
        for place in range(1, len(tags)):
            other = LIVE.format(place).replace("t.", "u.")
            total += f" AND EXISTS (SELECT 1 FROM customer_tags u WHERE u.customer_id = t.customer_id AND {other})"
        sql = f"SELECT {COLUMNS}, ({total}) FROM customers c WHERE {having} ORDER BY c.sort_key, c.id LIMIT {PAGE}"
        return self.rows(sql, today=TODAY, **self._values(tags))

    def searched_tagged(self, words: str, tags: tuple[UUID, ...]) -> Rows:
        conditions, values = self._matching(words)
        conditions += [self._has(place) for place in range(len(tags))]
        return self._gathered(self._source, " AND ".join(conditions), tags, **values)

    def untagged(self) -> Rows:
        live = "t.last_day IS NULL OR t.last_day >= :day"
        none = f"NOT EXISTS (SELECT 1 FROM customer_tags t WHERE t.customer_id = c.id AND ({live}))"
        return self._gathered("customers c", none, ())

    def _has(self, place: int) -> str:
        return f"EXISTS (SELECT 1 FROM customer_tags t WHERE t.customer_id = c.id AND {LIVE.format(place)})"

    def _gathered(self, source: str, where: str, tags: tuple[UUID, ...], **values: Any) -> Rows:
        sql = (
            f"WITH found AS MATERIALIZED (SELECT c.id, c.sort_key FROM {source} WHERE {where}) "
            f"SELECT {COLUMNS}, (SELECT count(*) FROM found) FROM "
            f"(SELECT id, sort_key FROM found ORDER BY sort_key, id LIMIT {PAGE}) f JOIN customers c ON c.id = f.id "
            "ORDER BY f.sort_key, f.id"
        )
        return self.rows(sql, today=TODAY, **self._values(tags), **values)

    def _values(self, tags: tuple[UUID, ...]) -> dict[str, Any]:
        day = f"{TODAY:%Y-%m-%d}" if self.kind == "sqlite" else TODAY.date()
        return {"day": day, **{f"tag{place}": tag_id for place, tag_id in enumerate(tags)}}


def searches(venue: Venue, how_many: int) -> list[Figures]:
    ours, bare = Ours(venue), BareTags(venue)
    bare.plan_each_time()
    limit = "3 or 10 ms" if bare.kind == "sqlite" else "1.5" if how_many >= 1_000_000 else "3"
    measured = partial(in_turns, limit=limit, said=page_said)
    figures = []
    for name, tags in NAMED.items():
        figures.append(measured(name, partial(ours.page, tags=tags), partial(bare.tagged, tags)))
        with_words = partial(bare.searched_tagged, "smi", tags)
        figures.append(measured(f"“smi”, {name}", partial(ours.page, "smi", tags=tags), with_words))
    return [*figures, measured("without tags", partial(ours.page, without_tags=True), bare.untagged)]


def put_on(venue: Venue, customers: int) -> None:
    """Put tags on all customers but one in 50, once."""
    connection = venues.bare(venue)
    if connection.execute("SELECT count(*) FROM tags").fetchone()[0]:
        return
    tag_columns = "id, name, folded_name, colour, at_door, created_at, updated_at, version"
    tags = [(tag_id, f"Tag {n}", f"tag {n}", "gray", False, NOW, NOW, 1) for n, tag_id in enumerate(IDS)]
    on = "tag_id, customer_id, added_at"
    connection.close()
    venues.put(venue, "tags", tag_columns, iter(tags))
    venues.put(venue, "customer_tags", on, _rows(customers))
    venues.analyse(venue)


def _rows(customers: int) -> Iterator[tuple[Any, ...]]:
    for number, (person, _) in zip(count(), people.people(customers)):
        if number % 50 == 7:
            continue
        first = {place for place, share in enumerate(SHARES) if number % share == 0}
        rest = {3 + number % 9, 3 + number // 9 % 9, 3 + number // 81 % 9}
        for place in sorted(first | rest):
            yield IDS[place], person.id, NOW


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        put_on(venue, how_many)
        heading = f"Filters by tags: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        figures = searches(venue, how_many)
        if how_many >= 100_000:
            versions = measure.versions(kind, venues.bare(venue))
            measure.save(heading, measure.table(figures), command="python -m benchmarks.tagged", versions=versions)


if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else [size for size in SIZES if f"{size[1]}" in sys.argv] or SIZES)
