"""`vigie topics`: makes the Kafka topics, and checks that they are as they must be."""

import sys

import click
from rich.console import Console
from rich.table import Table

from streams.cli.options import NO, Failure, current_settings
from streams.settings import Settings


@click.group(name="topics")
def topics() -> None:
    """Make the topics, or check them."""


@topics.command(name="create")
def create() -> None:
    """Make the topics that are missing; what is there stays as it is."""
    from streams import app
    from streams.adapters.topics import TopicError
    from streams.adapters.topics import create as make

    settings = current_settings()
    try:
        made = make(app.access(settings), app.wanted_topics(settings))
    except TopicError as error:
        raise Failure(str(error)) from error
    for name in made:
        click.echo(f"made {name}")
    click.echo(f"{len(made)} topics made" if made else "all topics were there")


@topics.command(name="check")
def check() -> None:
    """Say what is not as it should be; ends with 1 when something is wrong."""
    settings = current_settings()
    if show_findings(settings):
        sys.exit(NO)


def show_findings(settings: Settings) -> bool:
    """Prints the findings; says whether one of them is an error."""
    from streams import app
    from streams.adapters.topics import TopicError
    from streams.adapters.topics import check as look

    try:
        found = look(app.access(settings), app.wanted_topics(settings))
    except TopicError as error:
        raise Failure(str(error)) from error
    if not found:
        click.echo("ok    all topics are as they should be")
        return False
    table = Table("", "where", "what", "what to do")
    for finding in found:
        table.add_row(finding.severity, finding.where, finding.what, finding.what_to_do)
    Console().print(table)
    return any(finding.severity == "error" for finding in found)
