"""What every test may ask for (real Kafka), and the two rules of the whole run.

A skipped test prints its reason, and with CI=true it is a failure: a machine that checks must be
able to check everything. Chance has a seed, printed at the head: VIGIE_TEST_SEED=… repeats it.
"""

import os
import random
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from types import FrameType

import hypothesis
import pytest

from tests.kafka import broker as kafka_broker
from tests.kafka import docker as kafka_docker

CI = os.environ.get("CI") == "true"
SEED = int(os.environ.get("VIGIE_TEST_SEED") or random.SystemRandom().getrandbits(32))

hypothesis.settings.register_profile(
    "vigie",
    deadline=None,  # the cores are shared: a slow example says nothing about the code
    print_blob=True,
)
hypothesis.settings.load_profile("vigie")


def _end_in_order(number: int, frame: FrameType | None) -> None:
    pytest.exit(f"ended by signal {number}")


@pytest.hookimpl(tryfirst=True)  # before Hypothesis' own plug-in reads its seed
def pytest_configure(config: pytest.Config) -> None:
    """Fix the seed; let `timeout` (SIGTERM) end the run with the fixtures' clean-up."""
    signal.signal(signal.SIGTERM, _end_in_order)
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(SEED)


def pytest_report_header() -> str:
    """The seed, to repeat the run with."""
    return f"VIGIE_TEST_SEED={SEED}"


def _skip_is_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    # A test that is expected to fail (xfail) arrives as skipped too, with `wasxfail`.
    if not (CI and report.skipped) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"skipped, which with CI=true is a failure: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a test that skips has failed."""
    report = yield
    _skip_is_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """With CI=true a file that skips itself has failed."""
    report = yield
    _skip_is_failure(report)
    return report


@pytest.fixture(scope="session")
def seed() -> int:
    """The run's seed, for tests that draw by themselves: `random.Random(seed)`."""
    return SEED


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a real Kafka for the whole run; topics are each test's own."""
    if given := os.environ.get("VIGIE_TEST_KAFKA"):
        yield given
    elif (no_java := kafka_broker.why_not_here()) is None:
        with kafka_broker.running_broker(tmp_path_factory.mktemp("kafka")) as broker:
            yield broker.bootstrap
    elif (no_docker := kafka_docker.why_not_docker()) is None:
        with kafka_docker.running_container() as bootstrap:
            yield bootstrap
    else:
        pytest.skip(f"no Kafka: VIGIE_TEST_KAFKA is not set; {no_java}; {no_docker}")


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[kafka_broker.Broker]:
    """A started Kafka of this test alone, to kill, stop and restart."""
    if reason := kafka_broker.why_not_here():
        pytest.skip(f"no Kafka of one's own: {reason}")
    with kafka_broker.running_broker(tmp_path / "kafka") as broker:
        yield broker
