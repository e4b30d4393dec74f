"""Settings whose types are right may still not fit together, or name what does not exist."""

import tomllib

import pytest

from streams.settings import SettingsError, from_table, is_loopback, load

TARGET = "[defaults.targets.service_level]\n"
BESIDES = [
    # what the file says; where (without the file); what is wrong, and what to do
    ("[site]\ntime_zone = 'Europe/Pariss'", "site.time_zone",
     "'Europe/Pariss' is no time zone; did you mean Europe/Paris?"),
    ("[queues.a]\ntime_zone = 'X'", "queues.a.time_zone",
     "'X' is no time zone; write for example Europe/Paris"),
    ("[site]\nwindows = []", "site.windows",
     "there is no window; write windows = [\"15m\", \"today\"]"),
    ("[site]\nwindows = ['15']", "site.windows",
     "'15' is no window; write for example 15m, 1h or today"),
    ("[site]\nwindows = ['15m', '60m', '1h']", "site.windows",
     "60m and 1h are the same window; keep one of them"),
    ("[site]\nwindows = ['15m', '2d']", "site.windows",
     "2d is too long for live figures; keep windows up to 1d; vigie replay --window takes any"),
    ("[site]\nwindows = ['15m', 'total']", "site.windows",
     "total is too long for live figures; keep windows up to 1d; vigie replay --window takes any"),
    ("[web]\nlisten = '0.0.0.0:8087'", "web.listen",
     "0.0.0.0:8087 can be reached by others, and web.token_file is not set; "
     "name a file with a secret in web.token_file, or listen on 127.0.0.1"),
    ("[web]\nlisten = 'board.example:80'", "web.listen",
     "board.example:80 can be reached by others, and web.token_file is not set; "
     "name a file with a secret in web.token_file, or listen on 127.0.0.1"),
    ("[web]\nlisten = '8087'", "web.listen",
     "'8087' is no address and port; write for example 127.0.0.1:8087 or [::1]:8087"),
    ("[web]\nlisten = '127.0.0.1:70000'", "web.listen",
     "'127.0.0.1:70000' is no address and port; write for example 127.0.0.1:8087 or [::1]:8087"),
    ("[web]\nlisten = '::1:8087'", "web.listen",
     "'::1:8087' is an IPv6 address without its brackets; "
     "write for example 127.0.0.1:8087 or [::1]:8087"),
    ("[web]\ntiles = ['service_levl']", "web.tiles",
     "'service_levl' is no KPI; did you mean service_level?"),
    ("[kafka]\nbootstrap = 'kafka-1:9092,kafka-2'", "kafka.bootstrap",
     "'kafka-2' is not host:port; write for example kafka-1:9092,kafka-2:9092"),
    ("[kafka]\nbootstrap = ' '", "kafka.bootstrap",
     "' ' is not host:port; write for example kafka-1:9092,kafka-2:9092"),
    ("[kafka.topics]\nagents = 'contact-center.calls'", "kafka.topics.agents",
     "calls has the same topic contact-center.calls; give each its own topic"),
    ("[kafka]\nsecurity_protocol = 'SSL'\ntls.certificate_file = 'c'", "kafka.tls.key_file",
     "key_file is missing; certificate and key go together"),
    ("[kafka]\nsecurity_protocol = 'SASL_PLAINTEXT'\ntls.ca_file = 'c'\n"
     "sasl.mechanism = 'GSSAPI'", "kafka.security_protocol",
     "SASL_PLAINTEXT makes no use of [kafka.tls]; write SASL_SSL"),
    ("[kafka]\nsecurity_protocol = 'PLAINTEXT'\ntls.ca_file = 'c'", "kafka.security_protocol",
     "PLAINTEXT makes no use of [kafka.tls]; write SSL"),
    ("[kafka]\nsecurity_protocol = 'SSL'\nsasl.username = 'u'", "kafka.security_protocol",
     "SSL makes no use of [kafka.sasl]; write SASL_SSL"),
    ("[kafka]\nsecurity_protocol = 'SASL_SSL'\nsasl.mechanism = 'PLAIN'\nsasl.username = 'u'",
     "kafka.sasl.password_file", "PLAIN needs password_file; set kafka.sasl.password_file"),
    ("[defaults]\nopening_hours = { mon = '8-19' }", "defaults.opening_hours",
     "mon: '8-19' is no span of hours; write it as 08:00-19:00"),
    ("[defaults]\nholidays = 'XX'", "defaults.holidays",
     "'XX' is no country whose holidays are known; write two capitals, such as FR"),
    ("[defaults]\nanswer_target_seconds = 14401", "defaults.answer_target_seconds",
     "14401 is more than maximum_wait_seconds, 14400; lower it, or raise maximum_wait_seconds"),
    ("[defaults]\nmaximum_wait_seconds = 60\n[queues.a]\nshort_abandon_seconds = 61",
     "queues.a.short_abandon_seconds",
     "61 is more than maximum_wait_seconds, 60; lower it, or raise maximum_wait_seconds"),
    ("[queues.a]\naliases = ['b']\n[queues.b]", "queues.a.aliases",
     "'b' is a queue itself; remove the alias, or the queue of that name"),
    ("[queues.a]\naliases = ['c']\n[queues.b]\naliases = ['c']", "queues.b.aliases",
     "'c' is an alias of 'a' too; keep it at one queue"),
    ("[groups.care]\nqueues = []", "groups.care.queues",
     "the group is empty; name at least one queue"),
    ("[defaults.targets.servicelevel]\nwarning = 0.8", "defaults.targets.servicelevel",
     "'servicelevel' is no KPI; did you mean service_level?"),
    ("[defaults.targets.xyz]\nwarning = 0.8", "defaults.targets.xyz",
     "'xyz' is no KPI; vigie kpis lists them"),
    (TARGET + "window = '2h'", "defaults.targets.service_level.window",
     "2h is none of the site's windows; "
     "write one of 5m, 15m, 30m, 1h, today, or add it to site.windows"),
    (TARGET + "window = 'x'", "defaults.targets.service_level.window",
     "'x' is no window; write one of 5m, 15m, 30m, 1h, today"),
    ("[queues.a.targets.contacts_waiting]\nwindow = '1h'",
     "queues.a.targets.contacts_waiting.window",
     "contacts_waiting is a reading of now and has no window; remove the key"),
    (TARGET + "warning = 80", "defaults.targets.service_level.warning",
     "service_level is a share from 0 to 1, found 80; write 0.8"),
    (TARGET + "critical = -3", "defaults.targets.service_level.critical",
     "service_level is a share from 0 to 1, found -3; 0.8 is 80 %"),
    (TARGET + "critical = 0.9", "defaults.targets.service_level.critical",
     "critical 0.9 is reached before warning 0.8; service_level is bad below: "
     "swap them or set both"),
    ("[queues.a.targets.abandonment_rate]\nwarning = 0.2\ncritical = 0.1",
     "queues.a.targets.abandonment_rate.critical",
     "critical 0.1 is reached before warning 0.2; abandonment_rate is bad above: "
     "swap them or set both"),
]  # fmt: skip


@pytest.mark.parametrize(("toml", "where", "message"), BESIDES)
def test_what_does_not_fit_is_told(toml: str, where: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        from_table(tomllib.loads(toml), "f")
    (problem,) = raised.value.problems
    assert str(problem).removeprefix("f, ") == f"{where}: {message}"


@pytest.mark.parametrize(
    "toml",
    [
        "[web]\nlisten = 'localhost:1'",
        "[web]\nlisten = '[::1]:1'",
        "[web]\nlisten = '0.0.0.0:1'\ntoken_file = 't'",
        "[site]\nwindows = ['90s', '24h', 'today']",
        "[kafka]\nbootstrap = 'a:1, [::1]:2'",
        "[kafka]\nsecurity_protocol = 'SASL_SSL'\nsasl.mechanism = 'GSSAPI'",
        "[kafka]\nsecurity_protocol = 'SASL_SSL'\nsasl.username = 'u'\nsasl.password_file = 'p'",
        "[kafka]\nsecurity_protocol = 'SSL'\ntls.certificate_file = 'c'\ntls.key_file = 'k'",
        "[defaults]\nholidays = 'DE-BY'\nshort_abandon_seconds = 0",
        "[defaults.targets.service_level]\nwarning = 0.5\ncritical = 0.5",
        "[defaults.targets.service_level]\nwarning = 0.5\ncritical = 'off'",
        "[defaults.targets.average_speed_of_answer]\nwarning = 30\ncritical = 90",
    ],
)
def test_what_fits_is_taken(toml: str) -> None:
    from_table(tomllib.loads(toml))


def test_what_the_defaults_have_wrong_is_not_told_again_for_each_queue() -> None:
    table = {"defaults": {"answer_target_seconds": 20_000}, "queues": {"a": {}, "b": {}}}
    with pytest.raises(SettingsError) as raised:
        from_table(table)
    assert len(raised.value.problems) == 1


def test_a_part_of_a_country_that_is_not_known() -> None:
    with pytest.raises(SettingsError, match=r"'ZZ' is no part of FR; FR knows .*MF"):
        from_table({"defaults": {"holidays": "FR-ZZ"}})


def test_sla_by_channel_and_priority_but_no_deeper() -> None:
    inner = {"urgent": {"x": {"resolution_seconds": 5}}}
    with pytest.raises(
        SettingsError, match=r"defaults\.sla\.email\.urgent\.x is nested too deeply"
    ):
        from_table({"defaults": {"sla": {"email": inner}}})


def test_the_place_that_is_told_is_the_one_that_set_the_value() -> None:
    with pytest.raises(SettingsError) as raised:
        load(None, ["defaults.holidays=X"], {"VIGIE_SITE__TIME_ZONE": "Mars"})
    assert [problem.where for problem in raised.value.problems] == [
        "VIGIE_SITE__TIME_ZONE",
        "--set defaults.holidays",
    ]


def test_addresses_that_only_this_machine_reaches() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org", ""))
