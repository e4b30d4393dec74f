"""The rules of the whole run (tests/conftest.py) hold: a skip is a failure where CI=true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SKIPS_A_TEST = "import pytest\ndef test_it(): pytest.skip('no broker here')\n"
SKIPS_IN_A_FIXTURE = (
    "import pytest\n"
    "@pytest.fixture\n"
    "def broker(): pytest.skip('no broker here')\n"
    "def test_it(broker): pass\n"
)
SKIPS_ITSELF = "import pytest\npytest.skip('no broker here', allow_module_level=True)\n"
FAILS_AS_EXPECTED = (
    "import pytest\n@pytest.mark.xfail(reason='no broker here')\ndef test_it(): assert False\n"
)
DRAWS = (
    "from hypothesis import given, strategies as st\n"
    "@given(st.integers())\n"
    "def test_it(n): print('drawn', n)\n"
)


def run(folder: Path, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A run of its own over one file under our conftest.py."""
    (folder / "test_one.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-s"]
    command += ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={folder}", str(folder)]
    command += ["-p", "no:cacheprovider"]
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "text",
    [SKIPS_A_TEST, SKIPS_IN_A_FIXTURE, SKIPS_ITSELF],
    ids=["test", "fixture", "file"],
)
def test_a_skip_fails_with_ci_and_tells_its_reason(tmp_path: Path, text: str) -> None:
    done = run(tmp_path, text, CI="true")
    assert done.returncode in (1, 2), done.stdout
    assert "no broker here" in done.stdout


def test_a_skip_is_a_skip_elsewhere(tmp_path: Path) -> None:
    done = run(tmp_path, SKIPS_A_TEST)
    assert done.returncode == 0, done.stdout
    assert "no broker here" in done.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert run(tmp_path, FAILS_AS_EXPECTED, CI="true").returncode == 0


def test_the_printed_seed_repeats_the_run(tmp_path: Path) -> None:
    first, again = (run(tmp_path, DRAWS, VIGIE_TEST_SEED="7").stdout for _ in range(2))
    drawn = [line for line in first.splitlines() if line.startswith("drawn")]
    assert "VIGIE_TEST_SEED=7" in first
    assert len(drawn) > 10
    assert drawn == [line for line in again.splitlines() if line.startswith("drawn")]
    other = run(tmp_path, DRAWS, VIGIE_TEST_SEED="8").stdout
    assert drawn != [line for line in other.splitlines() if line.startswith("drawn")]
