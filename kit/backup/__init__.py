"""Backup: one service's whole store in files, as it was at one moment, and back into an empty store."""

from kit.backup.files import BadBackup, Manifest
from kit.backup.restoring import NotEmpty, restore
from kit.backup.taking import back_up

__all__ = ["BadBackup", "Manifest", "NotEmpty", "back_up", "restore"]
