"""A thousand made-up rows in memory, one for each number that Ofcom reserves for drama (07700 900000 to 900999)."""

import functools
from random import Random
from typing import Any

import pandas as pd

PAGE = 50
FIRST_NAMES = ("Amy", "Ben", "Chloe", "David", "Ella", "Freya", "Grace", "Harry", "Isla", "Jack")
# Two begin alike for each search, so that one more letter leaves half of them.
LAST_NAMES = ("Smith", "Small", "Jones", "Joyce", "Wilson", "Wise", "Patel", "Page", "Taylor", "Tanner")


@functools.cache
def everybody() -> pd.DataFrame:
    random = Random(4)
    return pd.DataFrame(
        [
            {
                "Name": f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}",
                "Mobile number": f"07700 900{number:03d}",
                "Bookings": random.choice(("Active", "Reminder only", "None")),
                "Notes": random.choice(("", "", "Vegetarian", "Brings a dog")),
                "Added": f"{random.randint(1, 28)} Jan 2027",
            }
            for number in random.sample(range(1_000), 1_000)
        ]
    )


def search(words: str) -> pd.DataFrame:
    people = everybody()
    return people[people["Name"].str.contains(words, case=False, regex=False)] if words else people


def page(found: pd.DataFrame, place: int) -> pd.DataFrame:
    return found.iloc[place * PAGE : (place + 1) * PAGE]


def get(number: str) -> dict[str, Any]:
    people = everybody()
    return dict(people[people["Mobile number"] == number].iloc[0])
