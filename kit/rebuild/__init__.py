"""Rebuilding: a view made anew from its topics beside the live one, compared with it, and put in its place."""

from kit.rebuild.comparison import Comparison, compare
from kit.rebuild.replay import RebuildReport, rebuild
from kit.rebuild.shadow import WorkersRunning, drop_shadow, swap

__all__ = ["Comparison", "RebuildReport", "WorkersRunning", "compare", "drop_shadow", "rebuild", "swap"]
