"""`vigie demo`: a simulated contact centre on a live wallboard; needs nothing but this package.

A broker inside this process, a simulator that first tells the past hours so that no window is
empty, and the same worker and board as in `vigie run`.
"""

import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from streams.cli.children import Children
from streams.cli.options import Failure, current_settings, given_config, passed_on
from streams.settings import Settings

PAST: Final = timedelta(hours=3)
AHEAD: Final = timedelta(hours=24)
PORTS: Final = 20
BUSY: Final = 1.12
"""More contacts than the agents were planned for: a wallboard with something to see."""
DEMO_SETTINGS: Final = Path(__file__).with_name("demo.toml")


@click.command(name="demo")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=7,
    show_default=True,
    help="Another number, another day.",
)
@click.option(
    "--scale",
    type=click.FloatRange(0.1, 20),
    default=1.0,
    show_default=True,
    help="Multiplies contacts and agents.",
)
@click.option(
    "--late",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of events delivered minutes late.",
)
@click.option(
    "--repeat",
    type=click.FloatRange(0, 1),
    default=0.02,
    show_default=True,
    help="Share of events delivered twice.",
)
def demo(seed: int, scale: float, late: float, repeat: float) -> None:
    """A busy afternoon of a made-up contact centre, live; Ctrl-C ends it."""
    settings = current_settings()
    from streams.adapters.embedded_broker import EmbeddedBroker, EmbeddedBrokerError

    arguments = [] if given_config() else ["--config", str(DEMO_SETTINGS)]
    children = Children()
    try:
        with EmbeddedBroker(_topics(settings)) as broker:
            listen = f"127.0.0.1:{_free_port(settings.web.address[1])}"
            arguments += [*passed_on(), "--set", f"kafka.bootstrap={broker.bootstrap}",
                          "--set", f"web.listen={listen}"]  # fmt: skip
            children.start("board", arguments)
            children.start("worker", ["--embedded", *arguments])
            code = _play(children, broker.bootstrap, seed=seed, scale=scale, late=late,
                         repeat=repeat)  # fmt: skip
    except EmbeddedBrokerError as error:
        raise Failure(str(error)) from error
    finally:
        children.stop()
    sys.exit(code)


def _topics(settings: Settings) -> dict[str, int]:
    from streams.app import wanted_topics

    return {topic.name: topic.partitions for topic in wanted_topics(settings)}


def _play(
    children: Children, bootstrap: str, *, seed: int, scale: float, late: float, repeat: float
) -> int:
    """Tells the past at once and the present as it comes, until something ends."""
    from streams.adapters.embedded_broker import EventProducer
    from streams.adapters.feeder import feed
    from streams.simulator import DEFAULT_CENTRE, Faults, Parameters, simulate

    queues = (replace(q, contacts_per_hour=q.contacts_per_hour * BUSY)
              for q in DEFAULT_CENTRE.queues)  # fmt: skip
    now = datetime.now(UTC)
    parameters = Parameters(
        start=(now - PAST).replace(microsecond=0),
        duration_seconds=int((PAST + AHEAD).total_seconds()),
        seed=seed,
        scale=scale,
        always_open=True,
        centre=replace(DEFAULT_CENTRE, queues=tuple(queues)),
        faults=Faults(late=late, repeat=repeat),
    )
    stop = threading.Event()

    def tell() -> None:
        feed(simulate(parameters), EventProducer(bootstrap), speed=1,
             start_ms=int(time.time() * 1000), stop=stop)  # fmt: skip

    teller = threading.Thread(target=tell, name="simulator", daemon=True)
    teller.start()
    try:
        return children.wait()
    finally:
        stop.set()
        teller.join(timeout=1)


def _free_port(wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    import socket

    for port in range(wanted, wanted + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Failure(f"ports {wanted} to {wanted + PORTS - 1} are all taken: --set web.listen=…")
