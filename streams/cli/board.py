"""`vigie board`: follows the delta log, serves wallboard, metrics and API; one per site or more."""

from typing import Any

import click

from streams.cli.options import current_settings


@click.command(name="board")
def board() -> None:
    """Stage two alone: from the delta log to wallboard, /metrics and /api."""
    settings = current_settings()
    from streams import app
    from streams.cli.serving import serve

    def say(address: Any) -> None:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        click.echo(f"wallboard: http://{host}:{address[1]}/")

    serve(lambda stop: app.show(settings, stop, on_address=say))
