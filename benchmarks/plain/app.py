"""The web server of the empty app."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from benchmarks.plain import guests


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """As in ours: exclude what is imported at start from garbage collection."""
    guests.everybody()
    gc.collect()
    gc.freeze()
    yield


app = st.App(Path(__file__).parent / "navigation.py", lifespan=lifespan)
