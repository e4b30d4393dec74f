"""`vigie board`: follows the delta log, serves wallboard, metrics and API; one or more per site."""

from typing import Any

import click

from streams.cli.options import current_settings, load_current


@click.command(name="board")
@click.option("--child", is_flag=True, hidden=True, help="Ends with its standard input.")
def board(child: bool) -> None:
    """Stage two alone: from the delta log to wallboard, /metrics and /api.

    SIGHUP: targets, titles, groups and tiles are read anew.
    """
    settings = current_settings()
    from streams import app
    from streams.cli.serving import Signals, serve

    def say(address: Any) -> None:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        click.echo(f"wallboard: http://{host}:{address[1]}/")

    async def show(signals: Signals) -> None:
        reload = app.Reload(signals.reload, lambda: load_current().settings)
        await app.show(settings, signals.stop, on_address=say, reload=reload)

    serve(show, child=child)
