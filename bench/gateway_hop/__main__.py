"""The command: every variant in turn, several rounds, medians, and the ratios that the bars are set on."""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median

from joserfc.jwk import OKPKey

from bench.bars import Bar, tell
from bench.gateway_hop.measure import Figures, Load, machine, peak_memory_mb, run
from bench.gateway_hop.ours import issue
from bench.gateway_hop.peers import ANSWER
from bench.gateway_hop.servers import Server, answering_nginx, proxying_nginx, uvicorn

PERSON_ID = "person_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f"
PATH = "/v1/placements/place_0199b3c0aa7b7c3d8e4f5a6b7c8d9e0f"
# What a browser or an app sends along; every variant gets the same.
HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36",
    "Accept: application/json",
    "Accept-Encoding: gzip, deflate, br",
    "Accept-Language: en-GB,en;q=0.9",
)

_COLUMNS = (
    *(("req/s", 9), ("CPU us", 8), ("p50 ms", 8), ("p99 ms", 8)),
    *(("p50 us", 9), ("CPU us", 8), ("MB", 6), ("failed", 8)),
)


@dataclass
class Variant:
    """One way to answer, with all that was measured of it."""

    name: str
    start: Callable[[], AbstractContextManager[Server]]
    many: list[Figures] = field(default_factory=list)
    alone: list[Figures] = field(default_factory=list)
    memory_mb: float = 0.0

    def of(self, figure: str) -> float:
        """The median of one figure with many connections."""
        return float(median(getattr(figures, figure) for figures in self.many))

    def alone_of(self, figure: str) -> float:
        """The median of one figure with one connection."""
        return float(median(getattr(figures, figure) for figures in self.alone))


def main() -> None:
    options = _options()
    _key()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        behind = stack.enter_context(answering_nginx(Path(folder) / "behind", ANSWER.decode()))
        variants = _variants(options, Path(folder), behind.port)
        for turn in range(options.rounds):
            for variant in variants:
                _measure(variant, options)
            print(f"round {turn + 1} of {options.rounds} done", flush=True)
    _print(variants, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.gateway_hop", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--quick", action="store_true", help="one short round, for a smoke test")
    parser.add_argument("--only", nargs="*", help="names of variants")
    parser.add_argument(
        "--gateway",
        metavar="MODULE:APP",
        help="measure this ASGI application in place of the bench's own gateway; it forwards to HOP_UPSTREAM_PORT",
    )
    parser.add_argument("--factory", action="store_true", help="APP of --gateway is a function that makes it")
    parser.add_argument("--path", default=PATH)
    parser.add_argument("--header", action="append", default=[], help="for --gateway, such as its Authorization")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 1
    return options


def _variants(options: argparse.Namespace, folder: Path, behind: int) -> list[Variant]:
    count = iter(range(1_000))

    def asgi(app: str, factory: bool = True) -> Callable[[], AbstractContextManager[Server]]:
        return lambda: uvicorn(app, factory=factory, upstream_port=behind)

    here = "bench.gateway_hop"
    gateway = asgi(options.gateway, options.factory) if options.gateway else asgi(f"{here}.ours:Gateway")
    variants = [
        Variant("direct", asgi(f"{here}.peers:direct", factory=False)),
        Variant("nginx", lambda: proxying_nginx(folder / f"nginx{next(count)}", behind)),
        Variant("aiohttp", asgi(f"{here}.peers:ThroughAiohttp")),
        Variant("httpx", asgi(f"{here}.peers:through_httpx")),
        Variant("httpx-small", asgi(f"{here}.peers:through_httpx_small")),
        Variant("ours-bare", asgi(f"{here}.ours:Bare")),
        Variant("gateway", gateway),
    ]
    return [variant for variant in variants if not options.only or variant.name in options.only]


def _measure(variant: Variant, options: argparse.Namespace) -> None:
    with variant.start() as server:
        headers = (*HEADERS, *_authorization(variant, options))
        many = Load(options.path, options.connections, options.seconds, headers)
        alone = Load(options.path, 1, max(1, options.seconds / 2), headers)
        if not options.quick:
            run(server, Load(options.path, options.connections, 1, headers))  # warm
        variant.many.append(run(server, many))
        variant.alone.append(run(server, alone))
        variant.memory_mb = max(variant.memory_mb, peak_memory_mb(server))


def _authorization(variant: Variant, options: argparse.Namespace) -> list[str]:
    """A real token, though only the gateway reads it; for a gateway of one's own, what was given."""
    if variant.name == "gateway" and options.gateway:
        return list(options.header)
    return [f"Authorization: Bearer {issue(_key(), PERSON_ID, 'placements.get offers.get', 3600)}"]


@cache
def _key() -> OKPKey:
    """The issuer's key, which the started gateways share."""
    key = OKPKey.generate_key("Ed25519")
    os.environ["HOP_KEY"] = json.dumps(key.as_dict(private=True))
    return key


def _print(variants: list[Variant], options: argparse.Namespace) -> None:
    by_name = {variant.name: variant for variant in variants}
    print(f"\n{machine()}")
    print(f"medians of {options.rounds} rounds of {options.seconds:g} s, one core\n")
    print(f"{'':<12}{options.connections:>17} connections{'':<4}{'one connection':>18}")
    print(f"{'variant':<12}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS))
    for variant in variants:
        print(
            f"{variant.name:<12}{variant.of('per_second'):>9,.0f}{variant.of('cpu_us'):>8.1f}"
            f"{variant.of('p50_us') / 1000:>8.2f}{variant.of('p99_us') / 1000:>8.2f}{variant.alone_of('p50_us'):>9.0f}"
            f"{variant.alone_of('cpu_us'):>8.1f}{variant.memory_mb:>6.0f}"
            f"{sum(figures.failed for figures in variant.many):>8}"
        )
    if {"direct", "nginx", "aiohttp", "gateway"} <= by_name.keys():
        _print_ratios(by_name)


def _print_ratios(by_name: dict[str, Variant]) -> None:
    """The bars are the gateway's; what its pool alone reaches is told beside, for comparison."""
    for bar in _bars(by_name, by_name["ours-bare"]) if "ours-bare" in by_name else ():
        print(f"ours-bare {bar.reached:8.2f} {bar.what}")
    tell(_bars(by_name, by_name["gateway"]))


def _bars(by_name: dict[str, Variant], variant: Variant) -> list[Bar]:
    direct, nginx, aiohttp = by_name["direct"], by_name["nginx"], by_name["aiohttp"]
    alone = variant.alone_of("cpu_us") / nginx.alone_of("cpu_us")
    behind = variant.alone_of("p50_us") - nginx.alone_of("p50_us")
    return [
        Bar("gateway hop: rate beside a direct answer", _paired(variant, direct, "per_second"), least=0.5),
        Bar("gateway hop: requests a CPU second beside direct", _paired(direct, variant, "cpu_us"), least=0.5),
        Bar("gateway hop: rate beside an aiohttp proxy", _paired(variant, aiohttp, "per_second"), least=2.0),
        Bar("gateway hop: requests a CPU second beside aiohttp", _paired(aiohttp, variant, "cpu_us"), least=2.0),
        Bar("gateway hop: CPU a request beside nginx", _paired(variant, nginx, "cpu_us"), most=2.5),
        Bar("gateway hop: CPU beside nginx, one connection", alone, most=2.5),
        Bar("gateway hop: p50 over nginx's, one connection, us", behind, most=100.0),
    ]


def _paired(variant: Variant, other: Variant, figure: str) -> float:
    """The median of the rounds' own ratios: what slowed a round slowed both sides of it."""
    pairs = zip(variant.many, other.many, strict=True)
    return float(median(getattr(one, figure) / getattr(two, figure) for one, two in pairs))


if __name__ == "__main__":
    main()
