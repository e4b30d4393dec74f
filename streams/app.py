"""Where the parts meet: a worker, a board, both; each from settings, until told to stop."""

import asyncio
import contextlib
import gc
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from streams import __version__
from streams.adapters import topics
from streams.adapters.access import client_options
from streams.adapters.board.metrics import BoardMetrics
from streams.adapters.board.service import BoardService
from streams.adapters.board.tail import LogTail
from streams.adapters.faust_worker import FaustWorker
from streams.adapters.input_check import check_inputs
from streams.adapters.privacy import customer_hash, fingerprint, random_hash, read_key
from streams.adapters.source import SourceSettings, SourceState
from streams.adapters.web.server import application, started
from streams.adapters.web.state import Site
from streams.adapters.worker.dead_letters import KafkaDeadLetters
from streams.adapters.worker.intake import Intake
from streams.adapters.worker.log_io import KafkaLog
from streams.adapters.worker.ports import Seldom
from streams.adapters.worker.service import Worker, wall_ms
from streams.core.events import Decoder
from streams.core.lifecycle.surroundings import Surroundings
from streams.core.log_claim import Identity
from streams.kpis import CATALOGUE
from streams.settings import Settings, SettingsError, changes
from streams.settings.secrets import web_token

logger = logging.getLogger(__name__)

EMBEDDED: Final[Mapping[str, Any]] = {"api_version": (2, 1)}
"""What kafka-python must be told of the embedded broker."""
RETRY_SECONDS: Final = 1.0
COLLECTED: Final = (100_000, 50, 100)
"""Garbage is looked for seldom: most of what is made has no cycles, and looking holds the loop."""
KEEP_MS: Final = 26 * 3_600_000
"""Longer than any live window, the longest day of clock change included."""

T = TypeVar("T")


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
    """What every claim says about its writer and its source; waits for Kafka as long as it takes.

    Raises InputsNotReadyError when a topic is missing, or has another number of partitions.
    """
    names = topic_names(settings)
    inputs = (*names.inputs, names.customers)
    asked, seldom = access(settings, embedded=embedded), Seldom()
    while True:
        try:
            found = await aside(lambda: topics.identity(asked, inputs))
            break
        except topics.TopicError as error:
            if seldom.worth(str(error)):
                logger.warning("%s", error)
            await asyncio.sleep(RETRY_SECONDS)
    options = client_options(settings.kafka)
    for belong_together in ((*inputs, names.deltas), (names.dead_letters,)):
        asking = SourceSettings(settings.kafka.bootstrap, "", belong_together, options)
        await check_inputs(asking)
    return Identity(
        cluster_id=found.cluster,
        topic_ids={name: topic for name, topic in found.topics.items() if topic},
        settings=settings.fingerprint(),
        key=fingerprint(key),
        release=__version__,
    )


def _say(state: SourceState) -> None:
    level = logging.WARNING if state.condition == "unreachable" else logging.INFO
    logger.log(level, "events: %s%s", state.condition, f" ({state.reason})" * bool(state.reason))


async def work(
    settings: Settings,
    stop: asyncio.Event,
    *,
    embedded: bool = False,
    made: Callable[..., Worker] = Worker,
) -> None:
    """The worker, until `stop`. Raises why it could not go on. `made`: for measuring."""
    gc.set_threshold(*COLLECTED)
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
        await asyncio.gather(log.stop(), letters.stop())
    await faust.wait()


def _intake(settings: Settings, key: bytes | None, *, embedded: bool) -> Intake:
    live = settings.site.clock == "wall"
    hashed = customer_hash(key) if key else random_hash() if embedded else None
    return Intake(
        Decoder(settings.rules().canonical, hashed),
        maximum_names=settings.site.maximum_names,
        wall_ms=wall_ms if live else None,
    )


class Reload(NamedTuple):
    """How a board takes changed settings: `asked` is set, `read` gives them anew.

    `read` raises SettingsError.
    """

    asked: asyncio.Event
    read: Callable[[], Settings]


async def show(
    settings: Settings,
    stop: asyncio.Event,
    *,
    on_address: Callable[[Any], None] = lambda _: None,
    reload: Reload | None = None,
) -> None:
    """The board with its web side, until `stop`.

    Raises OSError when the address is taken, SettingsError when the token can't be read.
    """
    gc.set_threshold(*COLLECTED)
    rules = settings.rules()
    service = BoardService(
        rules=rules,
        kpis=CATALOGUE,
        site=Site("Vigie", rules.site_time_zone, settings.site.language),
        metrics=BoardMetrics(rules, CATALOGUE, settings.fingerprint()),
        tiles=settings.web.tiles,
    )
    tail = LogTail(
        settings.kafka.bootstrap,
        topic_names(settings).deltas,
        restart=service.restart,
        begin=service.begin,
        take=service.take,
        may_merge=service.may_merge,
        options=client_options(settings.kafka),
        keep_ms=KEEP_MS if settings.site.clock == "wall" else None,
    )
    host, port = settings.web.address
    web = application(service, listen=host, token=web_token(settings))
    runner = await started(web, host=host, port=port)
    tasks = [service.run(tail)]
    if reload is not None:
        tasks.append(_reload_for_ever(reload, service, settings))
    try:
        on_address(runner.addresses[0])
        await _first_of(stop, *tasks)
    finally:
        await runner.cleanup()


async def _reload_for_ever(reload: Reload, service: BoardService, settings: Settings) -> None:
    """Takes what a running board can take; says what needs a restart, or is wrong."""
    while True:
        await reload.asked.wait()
        reload.asked.clear()
        try:
            new = reload.read()
        except SettingsError as error:
            logger.error("the settings stay as they are: %s", error)
            continue
        found = changes(settings, new)
        for key in found.restart:
            logger.warning("%s has changed: it needs a restart", key)
        if found.restart:
            logger.error("the settings stay as they are until then")
        elif found.reload:
            service.reload(new.rules(), new.web.tiles)
            settings = new
            logger.info("taken up: %s", ", ".join(found.reload))
        else:
            logger.info("no setting differs")


async def aside(what: Callable[[], T]) -> T:
    """Runs what blocks in a thread of its own, which the end of the process does not wait for."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def tell(put: Callable[[Any], None], value: Any) -> None:
        if not answer.done():
            put(value)

    def run() -> None:
        put: Callable[[Any], None] = answer.set_result
        value: T | Exception
        try:
            value = what()
        except Exception as error:  # whoever waits gets it
            put, value = answer.set_exception, error
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(tell, put, value)

    threading.Thread(target=run, daemon=True).start()
    return await answer


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
        await asyncio.gather(*waiting, return_exceptions=True)
