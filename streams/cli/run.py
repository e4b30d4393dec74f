"""`vigie run`: the service, worker and board, two processes ended together."""

import sys

import click

from streams.cli.children import Children
from streams.cli.options import current_settings, passed_on


@click.command(name="run")
def run() -> None:
    """From Kafka to wallboard and metrics: one worker and one board.

    The web side is up at once, also while Kafka is away. Restarting is the service manager's job.
    """
    current_settings()  # a mistake in them is told once, here
    children = Children()
    for name in ("worker", "board"):
        children.start(name, passed_on())
    sys.exit(children.wait())
