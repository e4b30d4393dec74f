"""Snapshots of the board every half second, and answers for pages, scrapes and programs.

A board holds no truth: kill it, start two, put one per site.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from streams.adapters.board.clock import Clock
from streams.adapters.board.feed import BEHIND_MS, SILENT_MS, Feed
from streams.adapters.board.tail import LogTail
from streams.adapters.exporter import Exporter
from streams.adapters.exporter_pipeline import PipelineState
from streams.adapters.web.build import Builder, Figure, Snapshot
from streams.adapters.web.source import BadQueryError, Query, Readiness
from streams.adapters.web.state import Message, Site, Status, WallboardState
from streams.adapters.web.trends import Trends
from streams.core.board import Board
from streams.core.calendar import Unreadable, Window, parse_window
from streams.core.figures import evaluate, lines
from streams.core.kpi import Kpi, Oldest
from streams.core.targets import Rules

SNAPSHOT_SECONDS: Final = 0.5
EXPORTED: Final = ("15m", "1h", "today")
LONGEST_ANSWER_SECONDS: Final = 5.0
"""So long a large answer may keep new records waiting."""


def wall_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000
