"""What settings that can be used still deserve to be told about."""

from collections.abc import Iterator

from streams.settings.problems import key_text
from streams.settings.shape import QueueKeys, Settings, Sla


def remarks(settings: Settings) -> list[str]:
    """Sentences for who checks the settings."""
    return [*_persons(settings), *_kafka(settings), *_later(settings)]


def _persons(settings: Settings) -> Iterator[str]:
    if settings.privacy.key_file is None:
        yield (
            "privacy.key_file is not set: figures by customer are off in the service "
            "(demo and replay make a key of their own)"
        )
    if settings.privacy.agents and settings.web.token_file is None:
        yield (
            "privacy.agents is on, but web.token_file is not set: "
            "the web side shows no single agents"
        )


def _kafka(settings: Settings) -> Iterator[str]:
    kafka = settings.kafka
    if len(kafka.servers) > 1 and kafka.replication == 1:
        yield "kafka.replication is 1: one lost broker loses the delta log; 3 is usual"
    if kafka.security_protocol == "SASL_PLAINTEXT" and kafka.sasl.mechanism == "PLAIN":
        yield "the Kafka password goes over the network as plain text; SASL_SSL hides it"


def _later(settings: Settings) -> Iterator[str]:
    """Keys that are accepted and checked, but that no figure of this version reads."""
    places: list[tuple[tuple[str, ...], QueueKeys]] = [(("defaults",), settings.defaults)]
    places += [(("queues", name), queue) for name, queue in settings.queues.items()]
    for path, keys in places:
        given = {
            "holidays": keys.holidays is not None,
            "complaint_tags": keys.complaint_tags is not None,
            "sla": keys.sla != Sla(),
        }
        for key in (key for key, is_set in given.items() if is_set):
            yield f"{key_text((*path, key))} is accepted, but no figure of this version reads it"
