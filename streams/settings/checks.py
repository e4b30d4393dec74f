"""What settings must be beyond their types: known zones, windows, KPIs, keys that fit together."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping

from streams.core.calendar import OpeningHours, Unreadable, parse_window, zone_is_known
from streams.core.kpi import Kpi
from streams.kpis import CATALOGUE
from streams.settings.problems import Path, Problem, key_text, nearest
from streams.settings.reading import Leaves
from streams.settings.rules import rules, site_window
from streams.settings.shape import QueueKeys, Settings, Sla, Target, Topics, fields_of

Found = Iterator[tuple[Path, str, str]]
"""Path, what is wrong, what to do."""

_BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:,\[\]]+):\d{1,5}")
_DEEPEST_SLA = 2


def check(settings: Settings, leaves: Leaves, catalogue: Mapping[str, Kpi]) -> list[Problem]:
    """Everything that is wrong with settings whose keys and types are right."""
