"""`vigie worker`: reads the events and keeps the delta log; as many of them as partitions."""

import click

from streams.cli.options import current_settings


@click.command(name="worker")
@click.option("--embedded", is_flag=True, hidden=True, help="The broker is the embedded one.")
@click.option("--child", is_flag=True, hidden=True, help="Ends with its standard input.")
def worker(embedded: bool, child: bool) -> None:
    """Stage one alone: from the input topics to the delta log."""
    settings = current_settings()
    from streams import app
    from streams.cli.serving import serve

    serve(lambda signals: app.work(settings, signals.stop, embedded=embedded), child=child)
