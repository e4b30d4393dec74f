"""Secrets stand in files; what can't be read is told by key and path, never by content."""

from pathlib import Path

import pytest

from streams.settings import Settings, SettingsError, from_table
from streams.settings.remarks import remarks
from streams.settings.secrets import file_problems, read_secret, web_token


def with_files(**files: Path) -> Settings:
    return from_table(
        {
            "privacy": {"key_file": str(files["key"])} if "key" in files else {},
            "web": {"token_file": str(files["token"])} if "token" in files else {},
        }
    )


def test_no_files_no_secrets() -> None:
    assert web_token(Settings()) is None
    assert file_problems(Settings()) == []


def test_secrets_are_read_without_the_line_end(tmp_path: Path) -> None:
    key, token = tmp_path / "key", tmp_path / "token"
    key.write_bytes(b"0123456789abcdef\r\n")
    token.write_text("sésame, ouvre-toi\n")
    settings = with_files(key=key, token=token)
    assert read_secret(str(key), "k") == b"0123456789abcdef"
    assert web_token(settings) == "sésame, ouvre-toi"
    assert file_problems(settings) == []


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"0123456789abcde\n")
    (problem,) = file_problems(with_files(key=key))
    assert str(problem) == (
        f"privacy.key_file ({key}): has 15 bytes, at least 16 are needed; "
        "make one: openssl rand -hex 32"
    )


def test_an_empty_or_short_token_opens_nothing(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(" \n")
    with pytest.raises(SettingsError, match="is empty"):
        web_token(with_files(token=token))
    token.write_text("0123456789abcde")
    with pytest.raises(SettingsError, match="has 15 bytes, at least 16 are needed"):
        web_token(with_files(token=token))


def test_files_that_cannot_be_read_are_all_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"\n")
    table = {
        "privacy": {"key_file": str(empty)},
        "kafka": {
            "security_protocol": "SASL_SSL",
            "tls": {"ca_file": str(tmp_path / "ca")},
            "sasl": {"username": "u", "password_file": str(tmp_path / "password")},
        },
    }
    assert [str(problem) for problem in file_problems(from_table(table))] == [
        f"privacy.key_file ({empty}): is empty; write the secret in",
        f"kafka.tls.ca_file ({tmp_path / 'ca'}): cannot be read: No such file or directory; "
        "correct the path, or let this user read the file",
        f"kafka.sasl.password_file ({tmp_path / 'password'}): cannot be read: "
        "No such file or directory; correct the path, or let this user read the file",
    ]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "privacy.key_file is not set"),
        ({"privacy": {"agents": True}}, "the web side shows no single agents"),
        ({"kafka": {"bootstrap": "a:1,b:1"}}, "kafka.replication is 1"),
        ({"queues": {"a b": {"holidays": "FR"}}}, 'queues."a b".holidays is accepted, but'),
        ({"defaults": {"complaint_tags": []}}, "defaults.complaint_tags is accepted, but"),
        ({"defaults": {"sla": {"email": {"business": True}}}}, "defaults.sla is accepted, but"),
    ],
)
def test_remarks(table: dict[str, object], sentence: str) -> None:
    told = remarks(from_table(table))
    assert sum(sentence in remark for remark in told) == 1
    if table:
        assert not any(sentence in remark for remark in remarks(Settings()))
