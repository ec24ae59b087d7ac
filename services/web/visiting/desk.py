"""The desk: what this process has at hand for every visit."""

from dataclasses import dataclass

from services.web.asking.gateway import Gateway
from services.web.looks.rendering import Rendering
from services.web.looks.static_files import StaticFiles
from services.web.sessions.remembering import Sessions
from services.web.sessions.sealing import Seal
from services.web.settings import WebSettings, read_secret


@dataclass(frozen=True, slots=True)
class Desk:
    """One for a process."""

    settings: WebSettings
    gateway: Gateway
    seal: Seal
    sessions: Sessions
    static: StaticFiles
    rendering: Rendering

    @classmethod
    def set_up(cls, settings: WebSettings) -> "Desk":
        """The desk as these settings say. Raises: BadSecret, and what a faulty template raises."""
        gateway = Gateway(settings.gateway_url, read_secret(settings.client_secret_file))
        seal = Seal(read_secret(settings.session_key_file))
        static = StaticFiles()
        sessions = Sessions(gateway, seal, settings.most_sessions)
        return cls(settings, gateway, seal, sessions, static, Rendering(static))
