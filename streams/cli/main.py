"""The command `vigie`: finds the verb, and imports nothing else.

A verb is a file of this folder with its name; in it stands a click command of that name too
(`dead-letters`: dead_letters). Ends with 0 done, 1 the answer is no, 2 could not do it.
"""

import sys
import traceback
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import click

from streams import __version__

VERBS: Final = {
    "demo": "A simulated contact centre on a live wallboard, nothing else needed.",
    "run": "The service: worker and board, from Kafka to wallboard and metrics.",
    "worker": "Only the worker: reads events, writes the delta log.",
    "board": "Only the board: reads the delta log, serves wallboard, metrics and API.",
    "replay": "Figures of event files, without Kafka, as fast as it goes.",
    "simulate": "A contact centre made up from a seed, into a file or Kafka.",
    "kpis": "The catalogue of figures; one of them explained.",
    "config": "Settings: are they right, and what does a change need?",
    "doctor": "What is wrong with the installation, and what to do about it.",
    "topics": "Kafka topics: make them, check them.",
    "generate": "Rules, rule tests, dashboards and pages, from the KPI declarations.",
    "dashboards": "Dashboards in Grafana: push, verify, snapshot.",
    "ingest": "Events from telephone systems and help desks into Kafka.",
    "dead-letters": "Messages that could not be read: list them, put them back.",
    "state": "Look into the delta log; go on after damage.",
    "sentiment": "The sentiment of mentions: score, train.",
}
"""Verb -> what it is for. Only those whose file is there are offered."""


class Verbs(click.Group):
    """Verbs that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs of this installation, in the order of the table."""
        return [verb for verb in VERBS if find_spec(_module(verb)) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The click command of a verb; None when there is no such verb."""
        from streams.cli.options import Failure, with_settings_options

        if cmd_name not in VERBS:
            return None
        module, name = _module(cmd_name), cmd_name.replace("-", "_")
        if find_spec(module) is None:
            raise Failure(
                f"vigie {cmd_name}: not part of this version ({__version__}); "
                "vigie --help lists the verbs that are"
            )
        command = getattr(import_module(module), name, None)
        if not isinstance(command, click.Command):
            raise Failure(
                f"vigie {cmd_name}: {module} has no command called {name}; mend that file"
            )
        return with_settings_options(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that was called; an unknown one is answered with the one that was meant."""
        if args and args[0] not in VERBS and not ctx.resilient_parsing:
            meant = get_close_matches(args[0], VERBS, n=1)
            help = f"did you mean {meant[0]}?" if meant else "vigie --help lists them"
            ctx.fail(f"{args[0]!r} is no verb; {help}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of verbs, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, VERBS[verb]) for verb in self.list_commands(ctx)])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs a verb; a bug in it shows its traceback and ends with 2, as 1 means no."""
        try:
            return super().main(*args, **kwargs)
        except Exception:  # whatever the bug is, it is shown, and the exit code is ours
            if not kwargs.get("standalone_mode", True):
                raise
            traceback.print_exc()
            sys.exit(2)


def _module(verb: str) -> str:
    return f"streams.cli.{verb.replace('-', '_')}"


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vigie", message="%(prog)s %(version)s")
@click.option("--config", metavar="FILE", help="Settings file instead of ./vigie.toml.")
@click.option(
    "--set",
    "sets",
    metavar="KEY=VALUE",
    multiple=True,
    help="One setting, as site.language=fr; may be repeated. Both may follow the verb too.",
)
@click.pass_context
def main(context: click.Context, config: str | None, sets: tuple[str, ...]) -> None:
    """Vigie: the contact centre, live, from Kafka to wallboard, Prometheus and the pager."""
    if config is not None or sets:
        from streams.cli.options import keep

        keep(context, config, sets)
