"""The house rules hold in every file, and each rule is seen to find its offence."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import tidy
from tests.tidy import Source

ROOT = Path(__file__).parents[1]
# Folders that are made, as in .gitignore.
NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__", ".hypothesis"}
NOT_OURS |= {".mypy_cache", ".pytest_cache", ".ruff_cache"}
PICTURES = {".png", ".jpg", ".ico", ".woff2"}


def project_files() -> list[Path]:
    """Tracked files, and those that would be: a mistake is found before it is committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = filter(None, listed.stdout.split("\0"))
        files = [ROOT / name for name in names]
    else:  # unpacked without git
        everything = ROOT.rglob("*")
        files = [path for path in everything if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in files if path.is_file() and path.suffix not in PICTURES)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_sources() -> Iterator[Source]:
    for path in project_files():
        if path.suffix == ".py" and relative(path).startswith(("streams/", "tests/")):
            yield Source(relative(path), path.read_text())


@pytest.mark.parametrize("rule", tidy.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_every_python_file_keeps(rule: tidy.Rule) -> None:
    sources = list(python_sources())
    assert len(sources) > 5
    found = [f"{source.path}:{offence}" for source in sources for offence in rule(source)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("rule", tidy.TEXT_RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps(rule: Callable[[str], Iterator[str]]) -> None:
    found = [
        f"{relative(path)}:{offence}"
        for path in project_files()
        for offence in rule(path.read_text())
    ]
    assert not found, "\n" + "\n".join(found)


def test_locks_are_hashed_and_name_no_place() -> None:
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        pinned = [line for line in text.splitlines() if line[:1].isalnum()]
        assert len(pinned) > 20
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text
        assert not any(line.startswith("-") for line in text.splitlines())


CORE = "streams/core/x.py"
KPI = "streams/kpis/x.py"
ADAPTER = "streams/adapters/x.py"
OFFENCES = [
    (tidy.imports_go_one_way, CORE, "from streams.kpis import x"),
    (tidy.imports_go_one_way, CORE, "import asyncio"),
    (tidy.imports_go_one_way, CORE, "import rich"),
    (tidy.imports_go_one_way, CORE, "def f():\n    from os import environ"),
    (tidy.imports_go_one_way, CORE, "from streams import app"),
    (tidy.imports_go_one_way, CORE, "from ..adapters import x"),
    (tidy.imports_go_one_way, KPI, "import streams.settings"),
    (tidy.imports_go_one_way, "streams/settings.py", "from streams.generate import x"),
    (tidy.imports_go_one_way, "streams/generate/x.py", "from streams.simulator import x"),
    (tidy.imports_go_one_way, "streams/simulator/x.py", "import kafka.admin"),
    (tidy.imports_go_one_way, ADAPTER, "from streams.app import x"),
    (tidy.imports_go_one_way, ADAPTER, "import faust"),
    (tidy.imports_go_one_way, "streams/app.py", "from streams.cli import x"),
    (tidy.imports_go_one_way, "streams/cli/x.py", "from aiohttp import web"),
    (tidy.imports_go_one_way, "streams/cli/x.py", "from tests import x"),
    (tidy.imports_go_one_way, "streams/other/x.py", "import json"),
    (tidy.core_is_pure, CORE, "now = time.time()"),
    (tidy.core_is_pure, CORE, "now = datetime.now(UTC)"),
    (tidy.core_is_pure, CORE, "open('x')"),
    (tidy.core_is_pure, CORE, "place.read_text()"),
    (tidy.core_is_pure, KPI, "print('x')"),
    (tidy.core_is_pure, "streams/simulator/x.py", "random.random()"),
    (tidy.core_is_pure, "streams/simulator/x.py", "random.Random()"),
    (tidy.core_is_pure, "streams/generate/x.py", "date.today()"),
    (tidy.nothing_sleeps, ADAPTER, "time.sleep(1)"),
    (tidy.functions_are_short, ADAPTER, "def f():\n" + "    pass\n" * 45),
    (tidy.files_are_short, ADAPTER, "\n" * 301),
    (tidy.files_are_short, "tests/test_x.py", "\n" * 301),
    (tidy.files_are_short, KPI, "KPI: Final[Kpi] = Kpi()" + "\n" * 61),
    (tidy.files_are_short, KPI, "KPI = Kpi()" + "\n" * 61),
    (tidy.lines_are_short, ADAPTER, "x" * 101),
    (tidy.modules_say_what_they_are, ADAPTER, "x = 1"),
    (tidy.exceptions_to_checks_have_reasons, ADAPTER, "x = 1  # no" + "qa: E501"),
    (tidy.exceptions_to_checks_have_reasons, ADAPTER, "x = 1  # no" + "qa"),
    (tidy.exceptions_to_checks_have_reasons, ADAPTER, "x = 1  # type: " + "ignore[misc]"),
    (tidy.exceptions_to_checks_have_reasons, ADAPTER, "x = 1  # type: " + "ignore # not typed yet"),
    (tidy.broad_catches_have_reasons, ADAPTER, "try:\n    f()\nexcept Exception:\n    g()"),
    (tidy.broad_catches_have_reasons, ADAPTER, "try:\n    f()\nexcept:\n    g()"),
    (tidy.broad_catches_have_reasons, ADAPTER, "with contextlib.suppress(Exception):\n    f()"),
]
CLEAN = [
    (tidy.imports_go_one_way, CORE, "import math\nimport msgspec\nfrom streams.core import life"),
    (tidy.imports_go_one_way, CORE, "import streams"),
    (tidy.imports_go_one_way, "streams/adapters/faust_worker.py", "import faust"),
    (tidy.imports_go_one_way, ADAPTER, "from streams.settings import x\nimport aiohttp"),
    (tidy.imports_go_one_way, "streams/cli/x.py", "from streams import app"),
    (tidy.core_is_pure, CORE, "chance = random.Random(seed)\nchance.random()"),
    (tidy.core_is_pure, "streams/simulator/x.py", "place.write_text('x')"),
    (tidy.functions_are_short, ADAPTER, "def f():\n" + "    pass\n" * 44),
    (tidy.files_are_short, "streams/kpis/words.py", "OFFERED = Count()" + "\n" * 61),
    (
        tidy.exceptions_to_checks_have_reasons,
        ADAPTER,
        "x = 1  # no" + "qa: E501 - an address, whole",
    ),
    (
        tidy.broad_catches_have_reasons,
        ADAPTER,
        "try:\n    f()\nexcept Exception:  # the page is told, the board goes on\n    g()",
    ),
]


@pytest.mark.parametrize(("rule", "path", "text"), OFFENCES)
def test_an_offence_is_found(rule: tidy.Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), CLEAN)
def test_what_is_allowed_is_left_alone(rule: tidy.Rule, path: str, text: str) -> None:
    assert not list(rule(Source(path, text)))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (tidy.nothing_is_unfinished, "# TO" + "DO later"),
        (tidy.names_no_registry, "https://pypi." + "org/simple"),
        (tidy.names_no_machine, 'path = "/wo' + 'rk/main"'),
        (tidy.names_no_machine, "see /tm" + "p/x"),
    ],
)
def test_a_wrong_text_is_found(rule: Callable[[str], Iterator[str]], text: str) -> None:
    assert list(rule(text))
