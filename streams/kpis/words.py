"""Formulas in words: what is divided by what, for the people who have to trust the figure."""

from collections.abc import Mapping
from typing import Final

from streams.core.kpi import (
    Better,
    Count,
    Example,
    Formula,
    Level,
    Max,
    Mean,
    Measures,
    Oldest,
    Ratio,
    RatioToDurations,
    Text,
    TimeShare,
)
from streams.core.measures import AGENT_TIME, AGENTS
from streams.kpis.texts import Language, said, text

STATES: Final[Mapping[str, Text]] = {
    "available": text("available", "disponibles"),
    "ringing": text("ringing", "en sonnerie"),
    "on_contact": text("on a contact", "en communication"),
    "wrapup": text("in after-contact work", "en post-appel"),
    "break": text("on a break", "en pause"),
    "other": text("on other work", "en autre activité"),
}
"""Agents in a state, as a supervisor says it."""

_TIME_FR: Final = {
    "available": "de disponibilité",
    "on_contact": "en communication",
    "wrapup": "en post-appel",
}

MEASURES: Final[Mapping[str, Text]] = {
    "contacts_queued": text("queued", "présentés"),
    "contacts_answered": text("answered", "décrochés"),
    "contacts_abandoned": text("abandoned", "abandonnés"),
    "contacts_short_abandoned": text("short abandons", "raccrochages immédiats"),
    "contacts_flowed_out": text("flowed out", "débordés"),
    "callbacks_requested": text("callbacks requested", "rappels demandés"),
    "transferred_in": text("opened by a transfer", "issus d'un transfert"),
    "ring_no_answers": text("rings not picked up", "sonneries sans réponse"),
    "answered_within_target": text("answered in time", "décrochés à temps"),
    "abandoned_within_target": text("abandoned in time", "abandonnés à temps"),
    "callbacks_within_target": text("callbacks in time", "rappels demandés à temps"),
    "flowed_out_within_target": text("flowed out in time", "débordés à temps"),
    "target_missed": text("target missed", "délai dépassé"),
    "target_missed_left": text(
        "target missed, then flowed out or callback", "délai dépassé, puis débordés ou à rappeler"
    ),
    "contacts_handled": text("handled", "traités"),
    "contacts_transferred": text("transferred", "transférés"),
    "self_service_transferred": text("moved on to self-service", "transférés vers le self-care"),
    "wait": text("wait of answered", "attente des décrochés"),
    "wait_abandoned": text("wait of abandoned", "attente des abandonnés"),
    "wait_left": text(
        "wait of short abandons, flow-outs and callbacks",
        "attente des raccrochages immédiats, débordements et rappels",
    ),
    "ring": text("ring until the answer", "sonnerie jusqu'au décroché"),
    "handle": text("talk + hold + after-contact work", "conversation + garde + post-appel"),
    "handle_with_wait": text(
        "wait + talk + hold + after-contact work", "attente + conversation + garde + post-appel"
    ),
    "talk": text("talk", "conversation"),
    "hold": text("hold", "garde"),
    "after_contact_work": text("after-contact work", "post-appel"),
    "contacts_waiting": text("waiting", "en attente"),
    "contacts_in_progress": text("in conversation", "en conversation"),
    "callbacks_waiting": text("waiting to be called back", "en attente de rappel"),
    "idle": text(
        "available time that ended with a contact", "disponibilité conclue par un contact"
    ),
    **{
        measure.name: text(f"agents {STATES[state].en}", f"conseillers {STATES[state].fr}")
        for state, measure in AGENTS.items()
    },
    **{
        measure.name: text(f"time {STATES[state].en}", f"temps {_TIME_FR[state]}")
        for state, measure in AGENT_TIME.items()
    },
}
"""What each measure is called inside a formula."""

EXAMPLES: Final[Mapping[str, str]] = {
    "Agents": "Conseillers",
    "Agents, later": "Conseillers, plus tard",
    "Agents, nobody free": "Conseillers, personne de libre",
    "At the limit": "Juste au seuil",
    "Disorder": "Désordre",
    "Empty": "À vide",
    "Handle": "Traitement",
    "Handle and plain": "Traitement, et un contact simple",
    "Handle, before the wrap-up ends": "Traitement, avant la fin du post-appel",
    "Handle, on hold": "Traitement, en garde",
    "Handle, talking": "Traitement, en conversation",
    "Handle, wrapping up": "Traitement, en post-appel",
    "Hundred": "Cent contacts",
    "No ring told": "Sonnerie non signalée",
    "Nobody": "Personne",
    "On the target": "Juste dans le délai",
    "One called back": "Un client rappelé",
    "Plain": "Contact simple",
    "Ring": "Sonnerie",
    "Self-service": "Self-care",
    "Short abandon": "Raccrochage immédiat",
    "Still waiting": "Encore en attente",
    "Threshold: abandoned at 40 s, still one miss": "Délai : abandonné à 40 s, un seul manqué",
    "Threshold: answered at 30 s, still one miss": "Délai : décroché à 30 s, un seul manqué",
    "Threshold: waiting at 25 s, missed at 20 s": "Délai : en attente à 25 s, manqué à 20 s",
    "Transfer": "Transfert",
    "Transfer, first queue": "Transfert, première file",
    "Transfer, second queue": "Transfert, deuxième file",
    "Wait": "Attente",
    "Wait, after": "Attente, après",
    "Wait, before": "Attente, avant",
    "Ways out": "Issues",
}
"""What the worked examples are called in French; a declaration has their English name."""


def example_title(example: Example) -> Text:
    """The name of a worked example in both languages."""
    return text(example.name, EXAMPLES[example.name])


def in_words(formula: Formula, language: Language) -> str:
    """The formula as a sentence, for example "answered ÷ (answered + abandoned)"."""
    french = language == "fr"
    match formula:
        case Count(of=measures):
            return _sum(measures, language)
        case Ratio(over=over, under=under) | TimeShare(over=over, under=under):
            return f"{_bracketed(over, language)} ÷ {_bracketed(under, language)}"
        case RatioToDurations(over=over, under=under):
            known = "nombre de durées" if french else "number of durations"
            return f"{_bracketed(over, language)} ÷ {known} ({_list(under, language)})"
        case Mean(of=measures, positive=positive):
            zeros = ("hors zéros" if french else "zeros left out") if positive else ""
            inner = f"{_list(measures, language)}, {zeros}" if zeros else _list(measures, language)
            return f"{'moyenne' if french else 'mean'} ({inner})"
        case Max(of=measures):
            return f"maximum ({_list(measures, language)})"
        case Level(of=parts):
            label = "nombre actuel" if french else "number now"
            return f"{label} ({_list(tuple(parts.values()), language)})"
        case Oldest(of=parts):
            label = "âge du plus ancien" if french else "age of the oldest"
            return f"{label} ({_list(tuple(parts.values()), language)})"


def measures_of(formula: Formula) -> Measures:
    """Every measure of a formula, each once, in the order told."""
    match formula:
        case (
            Ratio(over=over, under=under)
            | RatioToDurations(over=over, under=under)
            | TimeShare(over=over, under=under)
        ):
            return tuple(dict.fromkeys(over + under))
        case Level(of=parts) | Oldest(of=parts):
            return tuple(parts.values())
        case Count(of=measures) | Mean(of=measures) | Max(of=measures):
            return measures


def comparison(better: Better) -> str:
    """How a value is held against its threshold: "<" where higher is better, else "≥"."""
    return "<" if better == "higher" else "≥"


def _names(measures: Measures, language: Language) -> list[str]:
    return [said(MEASURES[measure.name], language) for measure in measures]


def _sum(measures: Measures, language: Language) -> str:
    return " + ".join(_names(measures, language))


def _bracketed(measures: Measures, language: Language) -> str:
    joined = _sum(measures, language)
    return f"({joined})" if len(measures) > 1 else joined


def _list(measures: Measures, language: Language) -> str:
    return ", ".join(_names(measures, language))
