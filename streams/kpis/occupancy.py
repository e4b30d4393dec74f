"""Occupancy: the share of their time on duty that agents spend with contacts."""

from typing import Final

from streams.core.kpi import Example, Kpi, TimeShare
from streams.core.measures import AGENT_TIME
from streams.kpis import worked
from streams.kpis.texts import definition, text

BUSY: Final = (AGENT_TIME["on_contact"], AGENT_TIME["wrapup"])

KPI: Final[Kpi] = Kpi(
    id="occupancy",
    title=text("Occupancy", "Taux d'occupation"),
    abbreviation=text("Occupancy", "Occupation"),
    help=text(
        "How busy the agents are. Above 85% for long, people tire and leave; far below, too "
        "many are planned.",
        "La charge des conseillers. Au-delà de 85 % trop longtemps, on s'épuise et on part ; bien "
        "en dessous, le planning est trop large.",
    ),
    unit="ratio",
    better="neutral",
    definitions={
        "default": definition(
            TimeShare(BUSY, (*BUSY, AGENT_TIME["available"])),
            "Time on a contact or in after-contact work ÷ (that + time available), what still "
            "runs counted up to now. Breaks and other work are in neither side.",
            "Temps en communication ou en post-appel ÷ (ce temps + disponibilité), ce qui dure "
            "encore compté jusqu'à maintenant. Pauses et autres activités sont exclues.",
        ),
    },
    runbook=text(
        "Too high: add agents or give a pause after the peak. Too low: bring training or "
        "written work forward.",
        "Trop élevé : ajoutez des conseillers ou une pause après le pic. Trop bas : avancez "
        "formation ou travail écrit.",
    ),
    tile=7,
    examples=(
        # Ann 20 min available, 40 busy; Bob 55 available; Eve 2 available after her break.
        Example("Agents", worked.AGENTS, "10:00:00", {"default": 40 / (40 + 20 + 55 + 2)}),
        Example("Empty", worked.EMPTY, "10:00:00", {"default": 0}),
        Example("Nobody", "", "10:00:00", {"default": None}),
    ),
)
