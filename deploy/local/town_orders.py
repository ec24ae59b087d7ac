"""Orders: what each of the town's processes is told when it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.processes import free_port
from deploy.local.secret_files import new_signing_key, secret, secret_file

ROOT = Path(__file__).resolve().parents[2]
GATEWAY, WEB = "gateway", "web"
ROLES = ("api", "worker")


@dataclass(frozen=True, slots=True)
class Order:
    """One process to start: `<service>.api` or `<service>.worker`, the port it listens on, and its environment."""

    name: str
    argv: tuple[str, ...]
    port: int
    env: Mapping[str, str] = field(repr=False)

    @property
    def ready_url(self) -> str:
        """Answers 200 when the process can do its work."""
        return f"http://127.0.0.1:{self.port}/ready"


def town_orders(
    folder: Path, mongo: Mongo, kafka: Kafka, services: Sequence[str], dev_provider: bool, extra_env: Mapping[str, str]
) -> dict[str, Order]:
    """An order for the api and the worker of each service, each on a free port; `extra_env` goes to all of them."""
    ports = {f"{service}.{role}": free_port() for service in services for role in ROLES}
    if GATEWAY in services:
        ports[f"{WEB}.api"] = free_port()
    gateway_url = f"http://127.0.0.1:{ports.get(f'{GATEWAY}.api', 0)}"
    orders: dict[str, Order] = {}
    for service in services:
        told = {
            "MONGO_URL": mongo.url_for(service),
            "KAFKA": kafka.bootstrap,
            "PORT": str(ports[f"{service}.api"]),
            "WORKER_PORT": str(ports[f"{service}.worker"]),
            "JWKS_URL": f"{gateway_url}/.well-known/jwks.json",
        }
        if service == GATEWAY:
            told |= _gateway_alone(folder, services, ports, dev_provider)
        env = _inherited(services) | _shared(folder) | _prefixed(service, told) | dict(extra_env)
        orders |= {f"{service}.{role}": _order(service, role, ports, env) for role in ROLES}
    if GATEWAY in services:
        told = _web_alone(folder, gateway_url, ports)
        env = _inherited(services) | _ours() | _prefixed(WEB, told) | dict(extra_env)
        orders[f"{WEB}.api"] = _order(WEB, "api", ports, env)
    return orders


def _order(service: str, role: str, ports: Mapping[str, int], env: Mapping[str, str]) -> Order:
    name = f"{service}.{role}"
    return Order(name, (sys.executable, "-m", f"services.{name}"), ports[name], env)


def _gateway_alone(
    folder: Path, services: Sequence[str], ports: Mapping[str, int], dev_provider: bool
) -> dict[str, str]:
    behind = [service for service in services if service != GATEWAY]
    urls = {f"{service.upper()}_URLS": f"http://127.0.0.1:{ports[f'{service}.api']}" for service in behind}
    keys = {
        "SIGNING_KEY_FILE": str(secret_file(folder, "gateway-signing-key.json", new_signing_key)),
        "COOKIE_KEY_FILE": str(secret_file(folder, "gateway-cookie-key")),
        "OPERATOR_SECRET_FILE": str(secret_file(folder, "gateway-operator-secret")),
        "WEB_SECRET_FILE": str(secret_file(folder, "web-client-secret")),
        "WEB_URLS": f"http://127.0.0.1:{ports[f'{WEB}.api']}",
        "PUBLIC_URL": f"http://127.0.0.1:{ports[f'{GATEWAY}.api']}",
    }
    return urls | keys | ({"DEV_PROVIDER": "1"} if dev_provider else {})


def _web_alone(folder: Path, gateway_url: str, ports: Mapping[str, int]) -> dict[str, str]:
    return {
        "PORT": str(ports[f"{WEB}.api"]),
        "GATEWAY_URL": gateway_url,
        "PUBLIC_URL": gateway_url,
        "SESSION_KEY_FILE": str(secret_file(folder, "web-session-key")),
        "CLIENT_SECRET_FILE": str(secret_file(folder, "web-client-secret")),
    }


def _shared(folder: Path) -> dict[str, str]:
    return _ours() | {"TRELLIS_CURSOR_KEY": secret(folder, "cursor-key")}


def _ours() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def _inherited(services: Sequence[str]) -> dict[str, str]:
    # Not the operator's own TRELLIS_… (an administrator's password may be among them), nor a service's from elsewhere.
    ours = ("TRELLIS_", *(f"{service.upper()}_" for service in (*services, WEB)))
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _prefixed(service: str, told: Mapping[str, str]) -> dict[str, str]:
    return {f"{service.upper()}_{name}": value for name, value in told.items()}
