"""Customers become keyed hashes at the border: nobody can tell who it was, the same one stays it.

HMAC-SHA-256 cut to 16 bytes, written as 22 characters of base64; the key is a file that all workers
share (`privacy.key_file`).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

BYTES: Final = 16
MINIMUM_KEY_BYTES: Final = 16


class PrivacyKeyError(Exception):
    """The key file can't be used: says what, where, what to do."""


def customer_hash(key: bytes) -> Callable[[str], str]:
    """The hash of a customer's id under `key`."""

    def hashed(customer: str) -> str:
        digest = hmac.digest(key, customer.encode(errors="surrogatepass"), "sha256")[:BYTES]
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    return hashed


def random_hash() -> Callable[[str], str]:
    """A hash under a key of this process alone: for demo and replay."""
    return customer_hash(secrets.token_bytes(32))


def read_key(path: Path) -> bytes:
    """The key in a file. Raises `PrivacyKeyError`."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise PrivacyKeyError(
            f"privacy.key_file {path}: {error.strerror}; make one with `openssl rand -hex 32`"
        ) from error
    if len(key) < MINIMUM_KEY_BYTES:
        raise PrivacyKeyError(
            f"privacy.key_file {path} holds {len(key)} bytes; at least {MINIMUM_KEY_BYTES} are "
            "needed: make one with `openssl rand -hex 32`"
        )
    return key


def fingerprint(key: bytes | None) -> str:
    """Tells whether two workers hash alike, without telling the key."""
    return "none" if key is None else hashlib.sha256(b"vigie" + key).hexdigest()[:16]
