"""Secrets stand in files that settings name: read here, never printed, never in vigie.toml."""

from pathlib import Path

from streams.settings.problems import Path as KeyPath
from streams.settings.problems import Problem, SettingsError, key_text
from streams.settings.shape import Settings

SHORTEST = 16
"""Bytes of a key or token of ours; shorter ones can be guessed."""
OURS = (("privacy", "key_file"), ("web", "token_file"))


def file_problems(settings: Settings) -> list[Problem]:
    """What is wrong with the files that settings name: not to be read here, empty, too short."""
    problems: list[Problem] = []
    for path, file in _files(settings):
        try:
            secret = read_secret(file, key_text(path))
        except SettingsError as error:
            problems += error.problems
        else:
            problems += _too_short(path, file, secret)
    return problems


def read_secret(file: str, key: str) -> bytes:
    """A file's content without blanks around it. Raises `SettingsError`, which names `key`."""
    try:
        return Path(file).read_bytes().strip()
    except OSError as error:
        help = "correct the path, or let this user read the file"
        problem = Problem(f"{key} ({file})", f"cannot be read: {error.strerror}", help)
        raise SettingsError([problem]) from error


def web_token(settings: Settings) -> str | None:
    """The secret that opens the web side; None when none is set. Raises `SettingsError`."""
    file = settings.web.token_file
    if file is None:
        return None
    token = read_secret(file, "web.token_file")
    problems = _too_short(("web", "token_file"), file, token)
    if problems:
        raise SettingsError(problems)
    return token.decode(errors="replace")


def _too_short(path: KeyPath, file: str, secret: bytes) -> list[Problem]:
    where = f"{key_text(path)} ({file})"
    if not secret:
        return [Problem(where, "is empty", "write the secret in")]
    if path in OURS and len(secret) < SHORTEST:
        what = f"has {len(secret)} bytes, at least {SHORTEST} are needed"
        return [Problem(where, what, "make one: openssl rand -hex 32")]
    return []


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
    ]
    return [(path, file) for path, file in named if file is not None]
