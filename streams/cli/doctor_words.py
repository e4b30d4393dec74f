"""The words of `vigie doctor`, in English and French: what was found, what to do about it."""

import re
from collections.abc import Mapping
from typing import Final

from streams.adapters.topics import Finding as TopicFinding

Texts = tuple[str, str]
"""What, and what to do; "" where there is nothing to do."""

WORDS: Final[Mapping[str, Mapping[str, Texts]]] = {
    "settings": {
        "en": ("the settings can be used", ""),
        "fr": ("les réglages sont utilisables", ""),
    },
    "remark": {
        "en": ("{text}", "see vigie.example.toml"),
        "fr": ("{text}", "voir vigie.example.toml"),
    },
    "file": {"en": ("{text}", "{help}"), "fr": ("{text}", "{help}")},
    "kafka": {"en": ("Kafka answers", ""), "fr": ("Kafka répond", "")},
    "no_kafka": {
        "en": ("{why}", "start Kafka, or set kafka.bootstrap and kafka.security_protocol"),
        "fr": ("{why}", "démarrez Kafka, ou réglez kafka.bootstrap et kafka.security_protocol"),
    },
    "topics": {
        "en": ("all {count} topics are as they should be", ""),
        "fr": ("les {count} topics sont comme il faut", ""),
    },
    "copartitioned": {
        "en": ("inputs and delta log all have {count} partitions", ""),
        "fr": ("les entrées et le journal ont tous {count} partitions", ""),
    },
    "not_copartitioned": {
        "en": ("inputs and delta log differ in partitions: {counts}",
               "make them anew with equally many; `vigie topics create` does"),
        "fr": ("les entrées et le journal n'ont pas autant de partitions : {counts}",
               "recréez-les avec le même nombre ; `vigie topics create` le fait"),
    },
    "lag": {
        "en": ("{events} events of {partitions} partitions are not read yet",
               "if it does not fall: start more workers; partition {worst} is the worst"),
        "fr": ("{events} événements de {partitions} partitions ne sont pas encore lus",
               "si cela ne baisse pas : plus de workers ; la partition {worst} est la pire"),
    },
    "log": {
        "en": ("all {partitions} partitions are written, the newest record is {age} s old", ""),
        "fr": ("les {partitions} partitions sont écrites, la dernière fois il y a {age} s", ""),
    },
    "log_empty": {
        "en": ("no worker has ever written partitions {numbers}", "start `vigie run`"),
        "fr": ("aucun worker n'a encore écrit les partitions {numbers}", "démarrez `vigie run`"),
    },
    "log_silent": {
        "en": ("partitions {numbers} are silent, for {age} s",
               "is `vigie worker` running? its log says why it waits"),
        "fr": ("les partitions {numbers} se taisent depuis {age} s",
               "`vigie worker` tourne-t-il ? son journal dit ce qu'il attend"),
    },
    "log_unreadable": {
        "en": ("the newest record can't be read: {why}", "nobody but Vigie may write this topic"),
        "fr": ("le dernier enregistrement est illisible : {why}",
               "seul Vigie doit écrire dans ce topic"),
    },
    "board": {
        "en": ("a board answers and is ready", ""),
        "fr": ("un tableau répond, il est prêt", ""),
    },
    "board_not_ready": {
        "en": ("a board answers, but is not ready: {why}",
               "mend what it names; it goes on by itself"),
        "fr": ("un tableau répond, mais n'est pas prêt : {why}",
               "réparez ce qu'il nomme ; il repart seul"),
    },
    "not_a_board": {
        "en": ("somebody else answers there (status {status})",
               "set web.listen to another address"),
        "fr": ("quelqu'un d'autre y répond (statut {status})", "réglez web.listen autrement"),
    },
    "no_board": {
        "en": ("no board answers: {why}", "start `vigie run`, or set web.listen to its address"),
        "fr": ("aucun tableau ne répond : {why}",
               "démarrez `vigie run`, ou réglez web.listen sur son adresse"),
    },
}  # fmt: skip

LEVELS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"ok": "ok", "warning": "warning", "error": "wrong"},
    "fr": {"ok": "ok", "warning": "attention", "error": "faux"},
}
HEADS: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": ("where", "what", "what to do"),
    "fr": ("où", "quoi", "que faire"),
}
ENDS: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("all is well", "{count} things are wrong"),
    "fr": ("tout va bien", "{count} choses ne vont pas"),
}

_FRENCH: Final[tuple[tuple[str, str], ...]] = (
    ("the topic is missing", "le topic manque"),
    (r"has (\d+) partitions instead of (\d+)", r"a \1 partitions au lieu de \2"),
    (r"is kept (\d+) times instead of (\d+)", r"est gardé \1 fois au lieu de \2"),
    (r"partitions without a leader: (.*)", r"partitions sans chef : \1"),
    (r"(\S+) is (.*) instead of (.*)", r"\1 vaut \2 au lieu de \3"),
    ("make it with (.*)", r"créez-le avec \1"),
    (r"all input topics and the delta log need equally many: set kafka\.partitions to the number "
     "they have, or make the topic anew",
     "toutes les entrées et le journal en ont autant : mettez leur nombre dans kafka.partitions, "
     "ou recréez le topic"),
    ("raise its replication with (.*)", r"augmentez sa réplication avec \1"),
    ("start the brokers that hold them", "démarrez les brokers qui les portent"),
)  # fmt: skip
"""The sentences of `adapters.topics`."""


def topic_texts(finding: TopicFinding, language: str) -> Texts:
    """What is wrong with a topic, and what to do; a command line stays as it is."""
    if language == "en":
        return finding.what, finding.what_to_do
    return _french(finding.what), _french(finding.what_to_do)


def _french(text: str) -> str:
    for pattern, words in _FRENCH:
        if match := re.fullmatch(pattern, text):
            return match.expand(words)
    return text
