"""Every setting there is: its place, its type, its default. What vigie.toml may say.

A section is a frozen Struct, a key one of its fields; None means "not set here". A table with free
names (queues, groups, targets) is a dict of Structs. What a key does stands in vigie.example.toml.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from streams.core.targets import Rules

PRIORITIES = ("low", "normal", "high", "urgent")

Seconds = Annotated[
    float, Meta(ge=0, le=316_224_000, description="a number of seconds", examples=[20])
]
SomeSeconds = Annotated[
    float, Meta(gt=0, le=316_224_000, description="a number of seconds over 0", examples=[20])
]
Name = Annotated[
    str,
    Meta(min_length=1, max_length=128, description="text of 1 to 128 letters", examples=["care"]),
]
Names = tuple[Name, ...]
WindowName = Annotated[str, Meta(description="a window such as 15m or today", examples=["15m"])]
KpiId = Annotated[str, Meta(description="a KPI's id", examples=["service_level"])]
FilePath = Annotated[
    str,
    Meta(
        min_length=1,
        description="the path of a file",
        examples=["secrets/key"],
        extra={"is_path": True},
    ),
]
Zone = Annotated[str, Meta(description="a time zone of the tz database", examples=["Europe/Paris"])]
Hours = Annotated[
    dict[str, str],
    Meta(
        description="a table of days and hours",
        examples=[{"mon-fri": "08:00-19:00", "sat": "09:00-12:00"}],
    ),
]
Country = Annotated[
    str, Meta(description="a country, or a country and its part", examples=["FR", "DE-BY"])
]
Topic = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9._-]{1,249}$",
        description="a topic's name (letters, digits, . _ -)",
        examples=["contact-center.calls"],
    ),
]
Threshold = Annotated[float | Literal["off"], Meta(description='a number or "off"', examples=[0.8])]


class Section(Struct, frozen=True, kw_only=True):
    """A table of settings with known keys."""

    REST: ClassVar[str | None] = None
    """The field that takes tables with free names beside the known keys."""


class Site(Section, frozen=True, kw_only=True):
    """The centre as a whole."""

    time_zone: Zone = "UTC"
    language: Literal["en", "fr"] = "en"
    windows: tuple[WindowName, ...] = ("5m", "15m", "30m", "1h", "today")
    currency: Annotated[
        str,
        Meta(pattern="^[A-Z]{3}$", description="a currency of three capitals", examples=["EUR"]),
    ] = "EUR"
    maximum_names: Annotated[int, Meta(ge=1, le=100_000)] = 500
    clock: Literal["wall", "events"] = "wall"


class Topics(Section, frozen=True, kw_only=True):
    """What the topics are called."""

    calls: Topic = "contact-center.calls"
    tickets: Topic = "contact-center.tickets"
    mentions: Topic = "contact-center.mentions"
    agents: Topic = "contact-center.agents"
    surveys: Topic = "contact-center.surveys"
    business: Topic = "contact-center.business"
    customers: Topic = "contact-center.customers"
    dead_letters: Topic = "contact-center.dead-letters"
    deltas: Topic = "contact-center.deltas"
    state: Topic = "contact-center.state"
    history: Topic = "contact-center.history"


class Tls(Section, frozen=True, kw_only=True):
    """How the connection to Kafka is encrypted."""

    ca_file: FilePath | None = None
    certificate_file: FilePath | None = None
    key_file: FilePath | None = None
    key_password_file: FilePath | None = None
    check_hostname: bool = True


class Sasl(Section, frozen=True, kw_only=True):
    """Who we are to Kafka."""

    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI"] = "SCRAM-SHA-512"
    username: Name | None = None
    password_file: FilePath | None = None
    kerberos_service_name: Name = "kafka"
    kerberos_domain_name: Name | None = None


class Kafka(Section, frozen=True, kw_only=True):
    """Where events come from and the monitor's own log lies."""

    bootstrap: Annotated[
        str, Meta(description="host:port, several with commas", examples=["localhost:9092"])
    ] = "localhost:9092"
    group: Topic = "vigie"
    partitions: Annotated[int, Meta(ge=1, le=10_000)] = 4
    replication: Annotated[int, Meta(ge=1, le=100)] = 1
    session_timeout_seconds: Annotated[
        float, Meta(ge=6, le=60, description="a number of seconds from 6 to 60", examples=[8])
    ] = 8
    write_version: Literal[1] = 1
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    tls: Tls = Tls()
    sasl: Sasl = Sasl()
    topics: Topics = Topics()

    @property
    def servers(self) -> tuple[str, ...]:
        """The brokers to ask first, each as host:port."""
        return tuple(server.strip() for server in self.bootstrap.split(",") if server.strip())


class Web(Section, frozen=True, kw_only=True):
    """Wallboard, metrics and API."""

    listen: Annotated[str, Meta(description="an address and port", examples=["127.0.0.1:8087"])] = (
        "127.0.0.1:8087"
    )
    token_file: FilePath | None = None
    tiles: tuple[KpiId, ...] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on, an IPv6 address without its brackets.

        Raises ValueError; settings that were read are checked.
        """
        host, colon, port = self.listen.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if not colon or not bare or not port.isdecimal() or int(port) > 65_535:
            raise ValueError(f"{self.listen!r} is no address and port")
        if ":" in bare and bare == host:
            raise ValueError(f"{self.listen!r} is an IPv6 address without its brackets")
        return bare, int(port)


class Privacy(Section, frozen=True, kw_only=True):
    """What is kept of persons."""

    key_file: FilePath | None = None
    agents: bool = False


class Sla(Section, frozen=True, kw_only=True):
    """Deadlines of tickets; below them the same by channel or priority."""

    REST: ClassVar[str | None] = "by"
    first_response_seconds: SomeSeconds | None = None
    next_response_seconds: SomeSeconds | None = None
    resolution_seconds: SomeSeconds | None = None
    business: bool | None = None
    by: dict[str, "Sla"] = {}


class Target(Section, frozen=True, kw_only=True):
    """The thresholds of one KPI; what is not set comes from the defaults."""

    window: WindowName | None = None
    warning: Threshold | None = None
    critical: Threshold | None = None


class QueueKeys(Section, frozen=True, kw_only=True):
    """What holds for a queue; None: the defaults, then what Vigie ships."""

    team: Name | None = None
    time_zone: Zone | None = None
    answer_target_seconds: SomeSeconds | None = None
    short_abandon_seconds: Seconds | None = None
    maximum_wait_seconds: SomeSeconds | None = None
    callback_limit_seconds: SomeSeconds | None = None
    minimum_sample: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    opening_hours: Hours | None = None
    holidays: Country | None = None
    complaint_tags: Names | None = None
    sla: Sla = Sla()
    targets: dict[str, Target] = {}


class Queue(QueueKeys, frozen=True, kw_only=True):
    """One queue by its name."""

    title: Name | None = None
    aliases: Names = ()


class Group(Section, frozen=True, kw_only=True):
    """Several queues looked at together."""

    queues: Names
    title: Name | None = None


class Settings(Section, frozen=True, kw_only=True):
    """All settings, read and checked; what nobody set has its default."""

    site: Site = Site()
    kafka: Kafka = Kafka()
    web: Web = Web()
    privacy: Privacy = Privacy()
    defaults: QueueKeys = QueueKeys()
    queues: dict[str, Queue] = {}
    groups: dict[str, Group] = {}

    def rules(self) -> Rules:
        """What figures are made by: defaults filled in, thresholds merged with the shipped ones."""
        from streams.settings.rules import rules_of  # which is about this very class

        return rules_of(self)

    def fingerprint(self) -> str:
        """16 hex digits, equal where facts are made alike: thresholds, titles, groups stay out."""
        from streams.settings.rules import fingerprint_of  # which is about this very class

        return fingerprint_of(self)
