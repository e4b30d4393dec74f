"""Runs a measured process and reads what it found."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run_child(module: str, *arguments: object, timeout_seconds: float) -> dict[str, Any]:
    """The JSON that `python -m module arguments…` prints as its last line.

    Raises AssertionError with what the child said when it fails or takes too long.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_seconds, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{module} took over {timeout_seconds:g} s: {late.stderr!r}") from late
    assert done.returncode == 0, f"{module} failed:\n{done.stdout}{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
