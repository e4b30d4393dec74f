"""Who may import what: the layers of streams/, and the outside libraries of each.

core <- kpis <- generate | simulator | adapters <- app <- cli; the three in the middle do not know
each other. settings.py stands on core and kpis, below the middle.
"""

import ast
import sys
from collections.abc import Iterator

BELOW_THE_MIDDLE = frozenset({"core", "kpis", "settings"})
MAY_IMPORT = {
    "streams": frozenset[str](),  # streams/__init__.py
    "core": frozenset({"core"}),
    "kpis": frozenset({"core", "kpis"}),
    "settings": BELOW_THE_MIDDLE,
    "generate": BELOW_THE_MIDDLE | {"generate"},
    "simulator": BELOW_THE_MIDDLE | {"simulator"},
    "adapters": BELOW_THE_MIDDLE | {"adapters"},
    "app": BELOW_THE_MIDDLE | {"generate", "simulator", "adapters", "app"},
    "cli": BELOW_THE_MIDDLE | {"generate", "simulator", "adapters", "app", "cli"},
}
# Libraries that reach outside stand under adapters/ only; Faust in one place even there.
RIM = frozenset(
    {"faust", "mode", "prometheus_client", "kafka", "aiokafka", "grafana_api", "aiohttp"}
    | {"aiohttp_cors", "confluent_kafka", "requests"}
)
FAUST = frozenset({"faust", "mode"})
FAUST_FILES = "streams/adapters/faust_"
# The core is pure: a library there computes and nothing else.
PURE_LIBRARIES = frozenset({"msgspec", "holidays"})
# Parts of the standard library through which the world gets in.
IMPURE = frozenset(
    {"asyncio", "concurrent", "fcntl", "glob", "http", "logging", "mmap", "multiprocessing", "os"}
    | {"pathlib", "queue", "resource", "secrets", "select", "selectors", "shutil", "signal"}
    | {"socket", "socketserver", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading"}
    | {"time", "urllib", "uuid"}
)
# KPIs are found by discovery, which needs no more than this.
PURE_LAYERS = ("core", "kpis")


def imported(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, full module name) of each import, wherever in the file it stands.

    `from streams import app` and `from . import x` name the module imported from the package.
    """
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            if module == "streams":
                yield from ((node.lineno, f"streams.{name.name}") for name in node.names)
            else:
                yield node.lineno, module


def layer_of(module: str) -> str:
    """`streams.core.life` → core; the package itself → streams."""
    parts = module.split(".")
    return "streams" if len(parts) == 1 or parts[1].startswith("__") else parts[1]


def refused(path: str, module: str) -> str | None:
    """Why this file may not import this module, None when it may."""
    if not path.startswith("streams/"):
        return None
    own = path.removesuffix(".py").replace("/", ".")
    layer = "cli" if own == "streams.__main__" else layer_of(own)
    top = module.partition(".")[0]
    if top == "tests":
        return "streams/ does not know its tests"
    if layer not in MAY_IMPORT:
        return f"{layer} is no layer of design.md"
    if top == "streams":
        target = layer_of(module)
        allowed = target in MAY_IMPORT[layer] or target == "streams"
        return None if allowed else f"{layer} may not import {target} ({module})"
    return _refused_library(path, layer, top)


def _refused_library(path: str, layer: str, top: str) -> str | None:
    if top in FAUST and not path.startswith(FAUST_FILES):
        return f"{top} is imported by {FAUST_FILES}*.py only"
    if top in RIM and layer != "adapters":
        return f"{top} is imported under streams/adapters/ only"
    if layer in PURE_LAYERS and top in IMPURE:
        return f"{layer} is pure, {top} is not"
    standard = top in sys.stdlib_module_names or top in PURE_LIBRARIES
    if layer in PURE_LAYERS and not standard:
        return f"{layer} knows no library but {', '.join(sorted(PURE_LIBRARIES))}"
    return None
