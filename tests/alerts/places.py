"""Where the shipped rules are, and how the tests run promtool on them."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.tools import need

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "alerts"
RULES = sorted((ALERTS / "rules").glob("*.yml"))
TESTS = sorted((ALERTS / "tests").glob("*.yml"))


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Debian's promtool with these arguments; the caller looks at the exit code."""
    command: Sequence[str | Path] = [need("promtool"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
