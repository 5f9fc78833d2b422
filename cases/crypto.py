"""Encryption of single fields at rest, with keys that rotate, and a blind index to look them up by.

A sealed value is `key id (4 bytes) + nonce (12) + AES-256-GCM ciphertext`. The field's name is
authenticated with it, so a value copied into another column does not open. Data Protection Act 3/2021, s 47.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


class CannotOpen(Exception):
    """The value was sealed with a key we no longer have, or was changed."""


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"sws key id" + key).digest()[:4]


@cache
def _ring(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    decoded = [urlsafe_b64decode(key) for key in keys]
    return {_key_id(key): AESGCM(key) for key in decoded}


def seal(text: str, *, name: str) -> bytes:
    return seal_bytes(text.encode(), name=name)


def seal_bytes(content: bytes, *, name: str) -> bytes:
    """Encrypt with the newest key (the first of FIELD_KEYS)."""
    ring = _ring(tuple(settings.FIELD_KEYS))
    key_id, key = next(iter(ring.items()))
    nonce = os.urandom(12)
    return key_id + nonce + key.encrypt(nonce, content, name.encode())


def unseal(sealed: bytes, *, name: str) -> str:
    try:
        return unseal_bytes(sealed, name=name).decode()
    except UnicodeDecodeError as error:
        raise CannotOpen(f"A sealed {name} is no text.") from error


def unseal_bytes(sealed: bytes, *, name: str) -> bytes:
    """Decrypt with whichever key sealed it. Raises CannotOpen."""
    sealed = bytes(sealed)
    try:
        key = _ring(tuple(settings.FIELD_KEYS))[sealed[:4]]
        return key.decrypt(sealed[4:16], sealed[16:], name.encode())
    except (KeyError, InvalidTag, ValueError) as error:
        raise CannotOpen(f"A sealed {name} cannot be opened with the keys in FIELD_KEYS.") from error


def newest_key_id() -> bytes:
    """What a value sealed today begins with."""
    return next(iter(_ring(tuple(settings.FIELD_KEYS))))


def blind(value: str, *, name: str) -> str:
    """A keyed fingerprint (32 hex characters): equal values are found, the value cannot be read back.

    Without INDEX_KEY nobody can try out all phone numbers or PINs against a stolen database.
    """
    fingerprint = _begun(settings.INDEX_KEY).copy()
    fingerprint.update(f"{name}\0{value}".encode())
    return fingerprint.hexdigest()[:32]


@cache
def _begun(key: str) -> hmac.HMAC:
    """Setting it up takes longer than the rest, and a call needs three."""
    return hmac.new(urlsafe_b64decode(key), digestmod="sha256")


class SealedField(models.Field):
    """What the two below share: the name a value is sealed under, and how many rows are sealed anew in one go."""

    rotated_at_once = 1000

    def _name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"


class SealedTextField(SealedField, models.TextField):
    """Text that is readable in Python and sealed in the database. It cannot be searched: keep a blind index."""

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_prep_value(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = seal(value, name=self._name()) if isinstance(value, str) else value
        return None if sealed is None else connection.Database.Binary(sealed)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else unseal(value, name=self._name())

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")


class SealedBytesField(SealedField, models.BinaryField):
    """A file that is plain in Python and sealed in the database."""

    rotated_at_once = 10  # they are large

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = seal_bytes(bytes(value), name=self._name()) if value is not None else None
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else unseal_bytes(value, name=self._name())
