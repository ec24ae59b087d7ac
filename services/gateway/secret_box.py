"""The secret box: encrypts what districts entrust to the gateway; the key never leaves the process."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.fernet import Fernet


@dataclass(slots=True)
class SecretBox:
    """Locks and unlocks small secrets with a key of this deployment."""

    _fernet: Fernet

    @classmethod
    def of(cls, key: bytes) -> "SecretBox":
        """The box of this key. Nothing else is ever encrypted with what is derived here."""
        return cls(Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"providers" + key).digest())))

    def lock(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def unlock(self, box: str) -> str:
        return self._fernet.decrypt(box.encode()).decode()
