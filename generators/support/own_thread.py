"""Work on foreign XML, after which the parser forgets what it met."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_own_thread(work: Callable[[], T]) -> T:
    """Do ``work`` in a thread of its own; returns what it returns and raises what it raises.

    libxml2 keeps every name that it meets for as long as the thread lives, and refuses new ones from
    100 MB on: a few files full of odd names would have every file after them refused.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()
