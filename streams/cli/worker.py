"""`vigie worker`: reads the events and keeps the delta log; as many of them as partitions."""

import click

from streams.cli.options import current_settings


@click.command(name="worker")
@click.option("--embedded", is_flag=True, hidden=True, help="The broker is the embedded one.")
def worker(embedded: bool) -> None:
    """Stage one alone: from the input topics to the delta log."""
    settings = current_settings()
    from streams import app
    from streams.cli.serving import serve

    serve(lambda stop: app.work(settings, stop, embedded=embedded))
