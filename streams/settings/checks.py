"""What settings must be beyond their types: known zones, windows, brokers that fit together."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from zoneinfo import available_timezones

from msgspec import structs

from streams.core.calendar import OpeningHours, Unreadable, parse_window, zone_is_known
from streams.settings.problems import Path, Problem, key_text, nearest
from streams.settings.reading import Leaves
from streams.settings.shape import QueueKeys, Settings, Sla
from streams.settings.thresholds import targets_fit, tiles_are_known

Found = Iterator[tuple[Path, str, str]]
"""Path, what is wrong, what to do."""

LONGEST_WINDOW_S = 86_400
_BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:,\[\]]+):\d{1,5}")
_DEEPEST_SLA = 2


def check(settings: Settings, leaves: Leaves) -> list[Problem]:
    """Everything that is wrong with settings whose keys and types are right."""
    rules = RULES if any(_windows(settings)) else (*RULES, targets_fit)
    return [
        Problem(_where(path, leaves), what, help)
        for rule in rules
        for path, what, help in rule(settings)
    ]


def _where(path: Path, leaves: Leaves) -> str:
    """Where a key was set; a missing one is named by its path alone."""
    leaf = leaves.get(path)
    return leaf.said.where if leaf is not None else key_text(path)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _zones(settings: Settings) -> Found:
    places: list[tuple[Path, str | None]] = [(("site", "time_zone"), settings.site.time_zone)]
    places += [((*path, "time_zone"), keys.time_zone) for path, keys in _queues(settings)]
    for path, zone in places:
        if zone is not None and not zone_is_known(zone):
            meant = nearest(zone, available_timezones())
            help = f"did you mean {meant}?" if meant else "write for example Europe/Paris"
            yield path, f"{zone!r} is no time zone", help


def _windows(settings: Settings) -> Found:
    path = ("site", "windows")
    seen: dict[int | str, str] = {}
    if not settings.site.windows:
        yield path, "there is no window", 'write windows = ["15m", "today"]'
    for name in settings.site.windows:
        try:
            window = parse_window(name)
        except Unreadable as error:
            yield path, error.what, "write for example 15m, 1h or today"
            continue
        too_long = window.name == "total" or (window.seconds or 0) > LONGEST_WINDOW_S
        if too_long and settings.site.clock == "wall":  # a trial by events may keep everything
            help = "keep windows up to 1d; vigie replay --window takes any"
            yield path, f"{name} is too long for live figures", help
        length = window.seconds or window.name
        if length in seen:
            twice = f"{seen[length]} and {name} are the same window"
            yield path, twice, "keep one of them"
        seen[length] = name


def _web(settings: Settings) -> Found:
    path = ("web", "listen")
    try:
        host, _ = settings.web.address
    except ValueError as error:
        yield path, str(error), "write for example 127.0.0.1:8087 or [::1]:8087"
        return
    if not is_loopback(host) and settings.web.token_file is None:
        what = f"{settings.web.listen} can be reached by others, and web.token_file is not set"
        help = "name a file with a secret in web.token_file, or listen on 127.0.0.1"
        yield path, what, help


def _kafka(settings: Settings) -> Found:
    kafka = settings.kafka
    bad = [server for server in kafka.servers if not _BROKER.fullmatch(server)]
    if bad or not kafka.servers:
        what = f"{(bad or [kafka.bootstrap])[0]!r} is not host:port"
        yield ("kafka", "bootstrap"), what, "write for example kafka-1:9092,kafka-2:9092"
    by_topic: dict[str, str] = {}
    for key, topic in structs.asdict(kafka.topics).items():
        if topic in by_topic:
            what = f"{by_topic[topic]} has the same topic {topic}"
            yield ("kafka", "topics", key), what, "give each its own topic"
        by_topic.setdefault(topic, key)


def _kafka_security(settings: Settings) -> Found:
    kafka, tls, sasl = settings.kafka, settings.kafka.tls, settings.kafka.sasl
    protocol = ("kafka", "security_protocol")
    if (tls.certificate_file is None) != (tls.key_file is None):
        missing = "certificate_file" if tls.certificate_file is None else "key_file"
        yield ("kafka", "tls", missing), f"{missing} is missing", "certificate and key go together"
    if "SSL" not in kafka.security_protocol and (tls.ca_file or tls.certificate_file):
        help = "write SASL_SSL" if kafka.security_protocol == "SASL_PLAINTEXT" else "write SSL"
        yield protocol, f"{kafka.security_protocol} makes no use of [kafka.tls]", help
    if not kafka.security_protocol.startswith("SASL"):
        if sasl.username or sasl.password_file:
            help = f"write SASL_{kafka.security_protocol}"
            yield protocol, f"{kafka.security_protocol} makes no use of [kafka.sasl]", help
        return
    needed: dict[str, tuple[str, ...]] = {"GSSAPI": ()}
    for key in needed.get(sasl.mechanism, ("username", "password_file")):
        if getattr(sasl, key) is None:
            what = f"{sasl.mechanism} needs {key}"
            yield ("kafka", "sasl", key), what, f"set kafka.sasl.{key}"


def _queues(settings: Settings) -> Iterator[tuple[Path, QueueKeys]]:
    """The defaults and every queue, each with its path."""
    yield ("defaults",), settings.defaults
    for name, queue in settings.queues.items():
        yield ("queues", name), queue


def _hours(settings: Settings) -> Found:
    for path, keys in _queues(settings):
        if keys.opening_hours is not None:
            try:
                OpeningHours.parse(keys.opening_hours)
            except Unreadable as error:
                yield (*path, "opening_hours"), error.what, error.help


def _holidays(settings: Settings) -> Found:
    for path, keys in _queues(settings):
        if keys.holidays is not None:
            import holidays  # half a second, and most sites set none

            country, _, part = keys.holidays.partition("-")
            known = holidays.list_supported_countries()
            if country not in known:
                what = f"{country!r} is no country whose holidays are known"
                yield (*path, "holidays"), what, "write two capitals, such as FR"
            elif part and part not in known[country]:
                help = f"{country} knows {', '.join(known[country]) or 'no parts'}"
                yield (*path, "holidays"), f"{part!r} is no part of {country}", help


def _limits(settings: Settings) -> Found:
    """Nobody waits longer than maximum_wait_seconds: the other limits must fit below it."""
    for path, keys in _queues(settings):
        longest = _seconds(settings, keys, "maximum_wait_seconds", 14_400)
        for key, usual in (("answer_target_seconds", 20), ("short_abandon_seconds", 5)):
            own = getattr(keys, key) is not None or keys.maximum_wait_seconds is not None
            seconds = _seconds(settings, keys, key, usual)
            if own and seconds > longest:
                what = f"{seconds:g} is more than maximum_wait_seconds, {longest:g}"
                yield (*path, key), what, "lower it, or raise maximum_wait_seconds"


def _seconds(settings: Settings, keys: QueueKeys, key: str, usual: float) -> float:
    own, default = getattr(keys, key), getattr(settings.defaults, key)
    return float(next(seconds for seconds in (own, default, usual) if seconds is not None))


def _sla(settings: Settings) -> Found:
    def deeper(sla: Sla, path: Path, depth: int) -> Found:
        if depth > _DEEPEST_SLA:
            what = f"{key_text(path)} is nested too deeply"
            yield path, what, "write sla.CHANNEL.PRIORITY at most"
        for name, inner in sla.by.items():
            yield from deeper(inner, (*path, name), depth + 1)

    for path, keys in _queues(settings):
        yield from deeper(keys.sla, (*path, "sla"), 0)


def _names(settings: Settings) -> Found:
    owner: dict[str, str] = {}
    for name, queue in settings.queues.items():
        for alias in queue.aliases:
            path = ("queues", name, "aliases")
            if alias in settings.queues:
                what = f"{alias!r} is a queue itself"
                yield path, what, "remove the alias, or the queue of that name"
            elif alias in owner:
                what = f"{alias!r} is an alias of {owner[alias]!r} too"
                yield path, what, "keep it at one queue"
            owner.setdefault(alias, name)
    for group, members in settings.groups.items():
        if not members.queues:
            yield ("groups", group, "queues"), "the group is empty", "name at least one queue"


RULES: tuple[Callable[[Settings], Found], ...] = (
    _zones,
    _windows,
    _web,
    _kafka,
    _kafka_security,
    _hours,
    _holidays,
    _limits,
    _sla,
    _names,
    tiles_are_known,
)
