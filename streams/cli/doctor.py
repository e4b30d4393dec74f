"""`vigie doctor`: what is wrong with the installation, and what to do about it."""

import asyncio
import sys
from collections.abc import Iterator
from typing import NamedTuple

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.adapters import examination, topics
from streams.adapters.access import client_options
from streams.adapters.examination import Finding, Level, Names
from streams.adapters.input_check import partition_counts
from streams.adapters.source import SourceSettings
from streams.cli.doctor_words import ENDS, HEADS, LEVELS, WORDS, topic_texts
from streams.cli.options import DONE, NO, current_settings
from streams.settings import Settings
from streams.settings.remarks import remarks
from streams.settings.secrets import file_problems

STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


class Row(NamedTuple):
    """One line of the report."""

    level: Level
    where: str
    what: str
    to_do: str


@click.command(name="doctor")
def doctor() -> None:
    """Look at settings, Kafka, topics, workers and board; say what is wrong and what to do.

    Ends with 0 when all is well, 1 when something is wrong, 2 when the settings can't be used.
    """
    settings = current_settings()
    language = settings.site.language
    rows = []
    for row in looked_at(settings):
        rows.append(row)
    show(rows, language)
    sys.exit(NO if any(row.level == "error" for row in rows) else DONE)


def looked_at(settings: Settings) -> Iterator[Row]:
    """Everything, in the order of the way of an event."""
    language = settings.site.language
    for finding in (*_settings(settings), *_kafka_files(settings)):
        yield in_words(finding, language)
    yield from _kafka(settings)
    yield in_words(examination.board(*settings.web.address), language)


def in_words(finding: Finding, language: str) -> Row:
    """A finding in the language of the site."""
    what, to_do = WORDS[finding.code][language]
    told = "" if finding.level == "ok" else to_do.format(**finding.values)
    return Row(finding.level, finding.where, what.format(**finding.values), told)


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "settings", settings.fingerprint())
    for remark in remarks(settings):
        yield Finding("warning", "remark", "vigie.toml", {"text": remark})


def _kafka_files(settings: Settings) -> Iterator[Finding]:
    for problem in file_problems(settings):
        values = {"text": problem.what, "help": problem.help}
        yield Finding("error", "file", problem.where, values)


def _kafka(settings: Settings) -> Iterator[Row]:
    from streams import app  # Faust comes with it: only when it is wanted

    language, bootstrap = settings.site.language, settings.kafka.bootstrap
    try:
        access, wanted = app.access(settings), app.wanted_topics(settings)
        wrong = topics.check(access, wanted)
    except (topics.TopicError, OSError) as error:
        yield in_words(Finding("error", "no_kafka", bootstrap, {"why": str(error)}), language)
        return
    yield in_words(Finding("ok", "kafka", bootstrap), language)
    for finding in wrong:
        yield Row(finding.severity, finding.where, *topic_texts(finding, language))
    if not wrong:
        told = Finding("ok", "topics", bootstrap, {"count": len(wanted)})
        yield in_words(told, language)
    for found in asyncio.run(_log(settings, app.topic_names(settings))):
        yield in_words(found, language)


async def _log(settings: Settings, names: topics.TopicNames) -> list[Finding]:
    """Co-partitioning, lag, and whether the delta log is written."""
    kafka, options = settings.kafka, client_options(settings.kafka)
    inputs = (*names.inputs, names.customers)
    asked = SourceSettings(kafka.bootstrap, kafka.group, (*inputs, names.deltas), options)
    try:
        counts = await partition_counts(asked)
        if 0 in counts.values():
            return []  # a topic is missing: told
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{topic} {count}" for topic, count in sorted(counts.items()))
            return [Finding("error", "not_copartitioned", kafka.bootstrap, {"counts": told})]
        found = await examination.partitions(
            kafka.bootstrap, Names(inputs, names.deltas, kafka.group, counts[names.deltas]), options
        )
    except examination.NO_ANSWER as error:
        why = str(error) or f"no answer within {examination.ANSWER_SECONDS:g} s"
        return [Finding("error", "no_kafka", kafka.bootstrap, {"why": why})]
    same = Finding("ok", "copartitioned", kafka.bootstrap, {"count": counts[names.deltas]})
    return [same, *examination.judged(found, names.deltas, kafka.group)]


def show(rows: list[Row], language: str) -> None:
    """The report on the terminal."""
    console = Console(highlight=False)
    table = Table("", *HEADS[language], box=None, header_style="bold", pad_edge=False)
    for row in rows:
        level = Text(LEVELS[language][row.level], style=STYLES[row.level])
        table.add_row(level, Text(row.where), Text(row.what), Text(row.to_do))
    console.print(table)
    wrong = sum(row.level == "error" for row in rows)
    well, badly = ENDS[language]
    console.print(Text(badly.format(count=wrong) if wrong else well))
