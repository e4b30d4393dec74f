"""Average after-contact work: how long agents finish up once the customer has gone."""

from typing import Final

from streams.core import measures as m
from streams.core.kpi import Example, Kpi, Mean
from streams.kpis import worked
from streams.kpis.texts import definition, text

KPI: Final[Kpi] = Kpi(
    id="average_after_contact_work",
    title=text("Average after-contact work", "Durée moyenne de post-appel"),
    abbreviation=text("ACW", "Post-appel"),
    help=text(
        "Notes, orders, mail: the work that a contact leaves behind.",
        "Notes, commandes, courriers : le travail qu'un contact laisse derrière lui.",
    ),
    unit="seconds",
    better="neutral",
    definitions={
        "default": definition(
            Mean((m.AFTER_CONTACT_WORK,)),
            "After-contact work ÷ contacts handled; one without such work counts as zero.",
            "Post-appel ÷ contacts traités ; un contact sans post-appel compte pour zéro.",
        ),
        "nonzero": definition(
            Mean((m.AFTER_CONTACT_WORK,), positive=True),
            "Only the contacts that left work behind.",
            "Seulement les contacts suivis d'un post-appel.",
        ),
    },
    runbook=text(
        "While customers wait, let agents put off what can wait. If it stays long, look at the "
        "tools and at what the notes ask for.",
        "Tant que des clients attendent, faites remettre ce qui peut l'être. Si cela dure, "
        "regardez les outils et ce que les notes exigent.",
    ),
    sources=("B31",),
    examples=(
        Example("Handle", worked.HANDLE, "10:10:00", {"default": 60, "nonzero": 60}),
        Example(
            "Handle and plain",
            worked.HANDLE + worked.PLAIN,
            "10:10:00",
            {"default": 30, "nonzero": 60},
        ),
    ),
)
