"""Secrets stand in files that settings name: read here, never printed, never in vigie.toml."""

from pathlib import Path

from streams.settings.problems import Path as KeyPath
from streams.settings.problems import Problem, SettingsError, key_text
from streams.settings.shape import Settings

SHORTEST_KEY = 16
"""Bytes of a key for hashing; shorter ones can be guessed."""


def unreadable_files(settings: Settings) -> list[Problem]:
    """Files that settings name and that can't be read here."""
    problems: list[Problem] = []
    for path, file in _files(settings):
        try:
            if not read_secret(file, key_text(path)):
                problems.append(Problem(f"{key_text(path)} ({file})", "is empty", "fill it"))
        except SettingsError as error:
            problems += error.problems
    return problems


def read_secret(file: str, key: str) -> bytes:
    """A file's content without the line end after it. Raises `SettingsError`; `key` names it."""
    try:
        return Path(file).read_bytes().rstrip(b"\r\n")
    except OSError as error:
        help = "correct the path, or let this user read the file"
        problem = Problem(f"{key} ({file})", f"cannot be read: {error.strerror}", help)
        raise SettingsError([problem]) from error


def privacy_key(settings: Settings) -> bytes | None:
    """The key under which customers are hashed; None when none is set. Raises `SettingsError`."""
    file = settings.privacy.key_file
    if file is None:
        return None
    key = read_secret(file, "privacy.key_file")
    if len(key) < SHORTEST_KEY:
        what = f"has {len(key)} bytes, at least {SHORTEST_KEY} are needed"
        help = "make one: openssl rand -hex 32"
        raise SettingsError([Problem(f"privacy.key_file ({file})", what, help)])
    return key


def web_token(settings: Settings) -> str | None:
    """The secret that opens the web side; None when none is set. Raises `SettingsError`."""
    file = settings.web.token_file
    if file is None:
        return None
    token = read_secret(file, "web.token_file").decode(errors="replace").strip()
    if not token:
        raise SettingsError([Problem(f"web.token_file ({file})", "is empty", "write a secret in")])
    return token


def _files(settings: Settings) -> list[tuple[KeyPath, str]]:
    tls, sasl = settings.kafka.tls, settings.kafka.sasl
    named = [
        (("web", "token_file"), settings.web.token_file),
        (("privacy", "key_file"), settings.privacy.key_file),
        (("kafka", "tls", "ca_file"), tls.ca_file),
        (("kafka", "tls", "certificate_file"), tls.certificate_file),
        (("kafka", "tls", "key_file"), tls.key_file),
        (("kafka", "tls", "key_password_file"), tls.key_password_file),
        (("kafka", "sasl", "password_file"), sasl.password_file),
        (("kafka", "sasl", "token_file"), sasl.token_file),
    ]
    return [(path, file) for path, file in named if file is not None]
