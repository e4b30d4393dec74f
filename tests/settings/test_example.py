"""vigie.example.toml is the page of the settings: it shows every key, and true defaults."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streams.settings import Changes, Settings, changes, from_table, load
from streams.settings.reading import fields, is_section, named_section
from streams.settings.shape import Queue, QueueKeys, Section

EXAMPLE = Path(__file__).parents[2] / "vigie.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
UNCOMMENTED = re.sub(r"^#(?=\[|[a-z_]+ = )", "", TEXT, flags=re.MULTILINE)
SHOWN: dict[str, Any] = tomllib.loads(UNCOMMENTED)


def keys(section: type[Section], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every key there is, without the names of queues, groups, KPIs."""
    for name, field in fields(section).items():
        if is_section(field.type):
            yield from keys(field.type, (*path, name))
        elif named_section(field.type) is None:
            yield (*path, name)


def shown(path: tuple[str, ...]) -> Any:
    place: Any = SHOWN
    for key in path:
        place = place[key]
    return place


def test_the_file_as_it_is_changes_nothing() -> None:
    settings = load(EXAMPLE, (), {})
    assert changes(Settings(), settings) == Changes()
    assert settings.rules() == Settings().rules()
    assert settings.fingerprint() == Settings().fingerprint()


def test_every_key_is_shown() -> None:
    for path in keys(Settings, ()):
        shown(path)
    own = set(fields(Queue)) - set(fields(QueueKeys))
    assert own <= set(SHOWN["queues"]["Réclamations"])
    assert SHOWN["groups"]["care"].keys() == {"title", "queues"}
    assert SHOWN["queues"]["Réclamations"]["targets"]["contacts_waiting"]["critical"] == "off"


def test_what_is_shown_as_default_is_the_default() -> None:
    for path in keys(Settings, ()):
        if path[0] == "defaults":
            continue
        actual: Any = Settings()
        for key in path:
            actual = getattr(actual, key)
        value = shown(path)
        if actual is not None:
            assert value == (list(actual) if isinstance(actual, tuple) else actual), path


def test_what_the_defaults_show_is_what_is_shipped() -> None:
    limits = {key: value for key, value in SHOWN["defaults"].items() if isinstance(value, int)}
    assert len(limits) == 5
    assert changes(Settings(), from_table({"defaults": limits})).restart == ()
    assert from_table({"defaults": limits}).rules() == Settings().rules()
    targets = {"defaults": {"targets": SHOWN["defaults"]["targets"]}}
    assert from_table(targets).rules() == Settings().rules()
    assert SHOWN["defaults"]["targets"].keys() == Settings().rules().defaults.targets.keys()


def test_everything_that_is_shown_can_be_used_together() -> None:
    table = tomllib.loads(UNCOMMENTED)
    table["kafka"]["security_protocol"] = "SASL_SSL"
    settings = from_table(table)
    assert settings.rules().queue("Réclamations").answer_target_ms == 30_000
    assert settings.rules().groups == {"care": ("Réclamations", "Retours")}
