"""Where the parts meet: a worker, a board, both; each from settings, until told to stop."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from streams import __version__
from streams.adapters import topics
from streams.adapters.access import client_options
from streams.adapters.board.metrics import BoardMetrics
from streams.adapters.board.service import BoardService
from streams.adapters.board.tail import LogTail
from streams.adapters.faust_worker import FaustWorker
from streams.adapters.privacy import customer_hash, fingerprint, random_hash, read_key
from streams.adapters.source import SourceSettings, SourceState
from streams.adapters.web.server import application, started
from streams.adapters.web.state import Site
from streams.adapters.worker.dead_letters import KafkaDeadLetters
from streams.adapters.worker.intake import Intake
from streams.adapters.worker.log_io import KafkaLog
from streams.adapters.worker.service import Worker, wall_ms
from streams.core.events import Decoder
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_claim import Identity
from streams.kpis import CATALOGUE
from streams.settings import Settings
from streams.settings.secrets import web_token

logger = logging.getLogger(__name__)

EMBEDDED: Final[Mapping[str, Any]] = {"api_version": (2, 1)}
"""What kafka-python must be told of the embedded broker."""
RETRY_SECONDS: Final = 1.0


def topic_names(settings: Settings) -> topics.TopicNames:
    """The names of all topics, as the settings say."""
    names = settings.kafka.topics
    return topics.TopicNames(
        inputs=(names.calls, names.tickets, names.mentions, names.agents, names.surveys,
                names.business),
        customers=names.customers,
        dead_letters=names.dead_letters,
        deltas=names.deltas,
        state=names.state,
        history=names.history,
    )  # fmt: skip


def access(settings: Settings, *, embedded: bool = False) -> topics.Access:
    """Where Kafka is and how to get in, for kafka-python."""
    options = client_options(settings.kafka)
    return topics.Access(settings.kafka.bootstrap, {**options, **(EMBEDDED if embedded else {})})


def wanted_topics(settings: Settings) -> tuple[topics.Wanted, ...]:
    """All topics as they should be."""
    kafka = settings.kafka
    return topics.plan(
        topic_names(settings), partitions=kafka.partitions, replicas=kafka.replication
    )


async def identity(settings: Settings, key: bytes | None, *, embedded: bool) -> Identity:
    """What every claim says of its writer and source; waits for Kafka as long as it takes."""
    names = topic_names(settings)
    inputs = (*names.inputs, names.customers)
    asked = access(settings, embedded=embedded)
    while True:
        try:
            found = await asyncio.to_thread(topics.identity, asked, inputs)
        except topics.TopicError as error:
            logger.warning("%s", error)
            await asyncio.sleep(RETRY_SECONDS)
            continue
        return Identity(
            cluster_id=found.cluster,
            topic_ids={name: topic for name, topic in found.topics.items() if topic},
            settings=settings.fingerprint(),
            key=fingerprint(key),
            release=__version__,
        )


def _say(state: SourceState) -> None:
    level = logging.WARNING if state.condition == "unreachable" else logging.INFO
    logger.log(level, "source: %s%s", state.condition, f" ({state.reason})" * bool(state.reason))


def _intake(settings: Settings, key: bytes | None, *, embedded: bool) -> Intake:
    hashed = customer_hash(key) if key else random_hash() if embedded else None
    return Intake(
        Decoder(settings.rules().canonical, hashed),
        maximum_names=settings.site.maximum_names,
        wall_ms=wall_ms if settings.site.clock == "wall" else None,
    )


async def work(
    settings: Settings,
    stop: asyncio.Event,
    *,
    embedded: bool = False,
    made: Callable[..., Worker] = Worker,
) -> None:
    """The worker, until `stop`. Raises why it could not go on. `made`: for measuring."""
    gc.set_threshold(100_000, 50, 100)  # most of what a worker makes has no cycles
    names, kafka = topic_names(settings), settings.kafka
    options = client_options(kafka)
    key = read_key(Path(settings.privacy.key_file)) if settings.privacy.key_file else None
    asking = asyncio.ensure_future(identity(settings, key, embedded=embedded))
    await _first_of(stop, asking)
    if stop.is_set():
        return
    log = KafkaLog(kafka.bootstrap, names.deltas, options)
    letters = KafkaDeadLetters(kafka.bootstrap, names.dead_letters, options)
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    worker = made(
        around=Surroundings(settings.rules()),
        identity=asking.result(),
        log=log,
        dead_letters=letters,
        intake=_intake(settings, key, embedded=embedded),
        clock=settings.site.clock,
        fail=lambda error: None if failed.done() else failed.set_exception(error),
    )
    source = SourceSettings(
        kafka.bootstrap, kafka.group, (*names.inputs, names.customers), options,
        session_timeout_seconds=kafka.session_timeout_seconds,
    )  # fmt: skip
    faust = FaustWorker(source, worker, on_state=_say)
    worker.source = faust.source
    await faust.start()
    try:
        await _first_of(stop, faust.wait(), failed)
    finally:
        await faust.stop()
        await log.stop()
        await letters.stop()
    await faust.wait()


async def show(settings: Settings, stop: asyncio.Event, *, on_address: Any = None) -> None:
    """The board with its web side, until `stop`. Raises OSError when the address is taken."""
    rules, names = settings.rules(), topic_names(settings)
    service = BoardService(
        rules=rules,
        kpis=CATALOGUE,
        site=Site("Vigie", rules.site_time_zone, settings.site.language),
        metrics=BoardMetrics(rules, CATALOGUE, settings.fingerprint()),
        tiles=settings.web.tiles,
    )
    tail = LogTail(
        settings.kafka.bootstrap,
        names.deltas,
        restart=service.restart,
        begin=service.begin,
        take=service.take,
        may_merge=service.may_merge,
        options=client_options(settings.kafka),
    )
    host, port = settings.web.address
    token = web_token(settings)
    runner = await started(application(service, listen=host, token=token), host=host, port=port)
    try:
        if on_address is not None:
            on_address(runner.addresses[0])
        await _first_of(stop, service.run(tail))
    finally:
        await runner.cleanup()


async def _first_of(stop: asyncio.Event, *others: Any) -> None:
    """Waits for `stop`, or for what ends before it; raises what that raised."""
    waiting = [asyncio.ensure_future(stop.wait()), *map(asyncio.ensure_future, others)]
    try:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in waiting:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*waiting, return_exceptions=True)
