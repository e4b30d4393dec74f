"""Every error says where, what and what to do; and all of them are told at once."""

import tomllib
from pathlib import Path

import pytest

from streams.settings import SettingsError, from_table, load


def problems_of(toml: str) -> list[str]:
    """What is wrong with a file of that content."""
    try:
        from_table(tomllib.loads(toml), "vigie.toml")
    except SettingsError as error:
        return [str(problem) for problem in error.problems]
    return []


WRONG_KEYS = [
    ("[site]\nlangage = 'fr'", "vigie.toml, site.langage: 'langage' is no key of [site]; "
     "did you mean language?"),
    ("[sit]\nlanguage = 'fr'", "vigie.toml, sit: 'sit' is no key of the settings; "
     "did you mean site?"),
    ("[site]\nshort_abandon_seconds = 5", "vigie.toml, site.short_abandon_seconds: "
     "'short_abandon_seconds' is no key of [site]; "
     "that key belongs in [defaults] or [queues.NAME]"),
    ("[web]\nxyz = 5", "vigie.toml, web.xyz: 'xyz' is no key of [web]; "
     "keys there are listen, token_file, tiles"),
    ("[queues.\"Après-vente\"]\nanswer_target = 5",
     "vigie.toml, queues.\"Après-vente\".answer_target: 'answer_target' is no key of "
     "[queues.\"Après-vente\"]; did you mean answer_target_seconds?"),
    ("[defaults]\naliases = ['x']", "vigie.toml, defaults.aliases: 'aliases' is no key of "
     "[defaults]; that key belongs in [queues.NAME]"),
    ("[defaults.sla]\nresolution = 5", "vigie.toml, defaults.sla.resolution: 'resolution' is no "
     "key of [defaults.sla]; did you mean resolution_seconds?"),
    ("[kafka.topics]\ndead-letters = 'x'", "vigie.toml, kafka.topics.dead-letters: "
     "'dead-letters' is no key of [kafka.topics]; did you mean dead_letters?"),
]  # fmt: skip

WRONG_VALUES = [
    ("[defaults]\nshort_abandon_seconds = 'five'", "vigie.toml, defaults.short_abandon_seconds: "
     "expected a number of seconds, found 'five'; write for example short_abandon_seconds = 20"),
    ("[defaults]\nshort_abandon_seconds = -1", "vigie.toml, defaults.short_abandon_seconds: "
     "expected a number of seconds, found -1; write for example short_abandon_seconds = 20"),
    ("[defaults]\nanswer_target_seconds = 0", "vigie.toml, defaults.answer_target_seconds: "
     "expected a number of seconds over 0, found 0; write for example answer_target_seconds = 20"),
    ("[defaults]\nanswer_target_seconds = nan", "vigie.toml, defaults.answer_target_seconds: "
     "expected a number of seconds over 0, found nan; "
     "write for example answer_target_seconds = 20"),
    ("[defaults]\nminimum_sample = 2.5", "vigie.toml, defaults.minimum_sample: expected a whole "
     "number from 0 to 1000000, found 2.5; write for example minimum_sample = 5"),
    ("[site]\nlanguage = 'de'", "vigie.toml, site.language: expected one of \"en\", \"fr\", found "
     "'de'; write for example language = \"en\""),
    ("[site]\nwindows = '5m'", "vigie.toml, site.windows: expected a list of texts, found '5m'; "
     "write for example windows = [\"15m\"]"),
    ("[privacy]\nagents = 'yes'", "vigie.toml, privacy.agents: expected true or false, "
     "found 'yes'; write for example agents = true"),
    ("site = 5", "vigie.toml, site: expected a table, found 5; write [site] and keys below it"),
    ("[defaults]\nopening_hours = '08:00-19:00'", "vigie.toml, defaults.opening_hours: expected a "
     "table of days and hours, found '08:00-19:00'; write for example "
     "opening_hours = { mon-fri = \"08:00-19:00\", sat = \"09:00-12:00\" }"),
    ("[defaults.targets.service_level]\nwarning = 'none'", "vigie.toml, "
     "defaults.targets.service_level.warning: expected a number or \"off\", found 'none'; "
     "write for example warning = 0.8"),
    ("[kafka]\nwrite_version = 2", "vigie.toml, kafka.write_version: expected one of 1, found 2; "
     "write for example write_version = 1"),
    ("[kafka.topics]\ncalls = 'a b'", "vigie.toml, kafka.topics.calls: expected a topic's name "
     "(letters, digits, . _ -), found 'a b'; write for example calls = \"contact-center.calls\""),
    ("[groups.care]\ntitle = 'Care'", "groups.care: queues is missing; write queues = [\"care\"]"),
]  # fmt: skip


@pytest.mark.parametrize(("toml", "message"), WRONG_KEYS + WRONG_VALUES)
def test_a_wrong_key_or_value(toml: str, message: str) -> None:
    assert problems_of(toml) == [message]


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_threshold_is_a_number_that_can_be_reached(number: str) -> None:
    (told,) = problems_of(f"[defaults.targets.average_speed_of_answer]\nwarning = {number}")
    assert f'expected a number or "off", found {number}' in told


def test_everything_wrong_is_told_at_once() -> None:
    assert len(problems_of("[site]\nlangage = 1\nlanguage = 2\n[x]\n[groups.g]\n")) == 4


def failing(config: str | None, sets: list[str], environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load(config, sets, environment)
    return [str(problem) for problem in raised.value.problems]


def test_variables_and_options_are_named_as_they_were_given() -> None:
    environment = {
        "VIGIE_SITE__LANGAGE": "fr",
        "VIGIE_KAFKA_BOOTSTRAP": "k:1",
        "VIGIE_QUEUES__CARE__TEAM": "x",
        "VIGIE_DEFAULTS__TARGETS__SERVICE_LEVEL__WARNING": "x",
    }
    sets = ["defaults.team", "=5", "a..b=1", 'queues."x.team=1', "queues.Été.tem=1"]
    assert failing(None, sets, environment) == [
        "VIGIE_KAFKA_BOOTSTRAP: is no setting; "
        "two underscores stand for the dot: VIGIE_KAFKA__BOOTSTRAP",
        "VIGIE_QUEUES__CARE__TEAM: queues can't be set by a variable; "
        "set them in vigie.toml, or by --set queues.NAME.KEY=VALUE",
        *(
            f"--set: {option!r} is not KEY=VALUE; "
            "write for example --set defaults.short_abandon_seconds=0"
            for option in sets[:4]
        ),
        "VIGIE_DEFAULTS__TARGETS__SERVICE_LEVEL__WARNING: "
        'expected a number or "off", found x; write for example warning = 0.8',
        "VIGIE_SITE__LANGAGE: 'langage' is no key of [site]; did you mean language?",
        '--set queues."Été".tem: \'tem\' is no key of [queues."Été"]; did you mean team?',
    ]


def test_a_file_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    missing, broken, binary = (tmp_path / name for name in ("a.toml", "b.toml", "c.toml"))
    broken.write_text("[site]\nlanguage = fr\n")
    binary.write_bytes(b"\xff\xfe")
    assert failing(str(missing), [], {}) == [
        f"{missing}: cannot be read: No such file or directory; "
        "name a file that can be read by --config"
    ]
    (told,) = failing(str(broken), [], {})
    assert told.startswith(f"{broken}: is not TOML: ")
    assert "line 2" in told
    assert told.endswith("; correct that line; text stands in quotes")
    (told,) = failing(str(binary), [], {})
    assert "it is not UTF-8" in told
