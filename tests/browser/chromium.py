"""Chromium: the one that is on this machine, else Debian's, else Playwright's own."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en-US"]


def find() -> str | None:
    """The program; None where Playwright has its own. Installs one where there is none."""
    found = os.environ.get("TRELLIS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return found or _from_debian() or fetch_own()


def _from_debian() -> str | None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        env=quiet,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    return shutil.which("chromium")


def fetch_own() -> str | None:
    """Playwright fetches the one it was made for, and finds it by itself."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return None
