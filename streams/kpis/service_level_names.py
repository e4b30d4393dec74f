"""The six names under which people compute a service level, side by side, and what they give."""

from collections.abc import Mapping
from typing import Final

from streams.core import measures as m
from streams.core.kpi import Definition, Example, Ratio, RatioToDurations
from streams.kpis import worked
from streams.kpis.outcomes import EVERY_DECIDED
from streams.kpis.texts import definition

IN_TIME: Final = (m.ANSWERED_WITHIN_TARGET,)
LOST: Final = (m.ABANDONED_WITHIN_TARGET,)
MISSED: Final = (m.TARGET_MISSED,)
CALLED_BACK: Final = (m.CALLBACKS_WITHIN_TARGET,)
LEFT: Final = (m.FLOWED_OUT_WITHIN_TARGET, m.TARGET_MISSED_LEFT)

DEFINITIONS: Final[Mapping[str, Definition]] = {
    "default": definition(
        Ratio(IN_TIME, IN_TIME + MISSED + LOST),
        "In time ÷ (answered + abandoned). A contact is missed the second its target passes. Short "
        "abandons, flow-outs and callbacks are in neither side.",
        "À temps ÷ (décrochés + abandonnés). Un contact est manqué dès que son délai expire. "
        "Raccrochages immédiats, débordements et rappels ne comptent d'aucun côté.",
    ),
    "abandons_ignored": definition(
        Ratio(IN_TIME, IN_TIME + MISSED),
        "Those who gave up within the target are in neither side: nobody was late for them.",
        "Les abandons avant le délai ne comptent d'aucun côté : personne n'était en retard.",
    ),
    "abandons_count_for": definition(
        Ratio(IN_TIME + LOST, IN_TIME + MISSED + LOST),
        "Those who gave up within the target count as served in time. The kindest reading.",
        "Les abandons avant le délai comptent comme servis à temps. La lecture la plus clémente.",
    ),
    "answered_only": definition(
        RatioToDurations(IN_TIME, (m.WAIT,)),
        "In time ÷ answered. Blind to those who gave up, and late: known only at the answer.",
        "À temps ÷ décrochés. Ignore les abandons, et tarde : connu seulement au décroché.",
    ),
    "queue_exit": definition(
        Ratio(IN_TIME + LOST + CALLED_BACK, IN_TIME + LOST + CALLED_BACK + LEFT + MISSED),
        "Left the queue within the target, by an answer, an abandonment or a callback ÷ every "
        "decided contact, flow-outs too, short abandons left out.",
        "Sortis de la file à temps, par décroché, abandon ou rappel ÷ tous les contacts dont "
        "l'issue est connue, débordements compris, hors raccrochages immédiats.",
    ),
    "source_b": definition(
        Ratio((m.CONTACTS_ANSWERED,), EVERY_DECIDED),
        "As list B prints it: answered ÷ received. Wrong: time plays no part in it, so it is the "
        "answer rate and no service level.",
        "Selon la liste B : décrochés ÷ reçus. Faux : le temps n'y joue aucun rôle, c'est donc le "
        "taux de décroché et non un niveau de service.",
        wrong=True,
    ),
}


def _expect(*values: float | None) -> dict[str, float | None]:
    return dict(zip(DEFINITIONS, values, strict=True))


EXAMPLES: Final = (
    Example("Hundred", worked.HUNDRED, "10:05:00", _expect(0.7, 70 / 90, 0.8, 70 / 90, 0.8, 0.9)),
    Example(
        "Threshold: waiting at 25 s, missed at 20 s",
        worked.STILL_WAITING,
        "10:00:25",
        _expect(0.5, 0.5, 0.5, 1, 0.5, 1),
    ),
    Example(
        "Threshold: answered at 30 s, still one miss",
        worked.STILL_WAITING + "10:00:30 c contact.answered",
        "10:00:35",
        _expect(0.5, 0.5, 0.5, 0.5, 0.5, 1),
    ),
    Example(
        "Threshold: abandoned at 40 s, still one miss",
        worked.STILL_WAITING + "10:00:40 c contact.abandoned",
        "10:00:45",
        _expect(0.5, 0.5, 0.5, 1, 0.5, 0.5),
    ),
    Example("On the target", worked.ON_TARGET, "10:05:00", _expect(1, 1, 1, 1, 1, 1)),
    Example("Ways out", worked.WAYS_OUT, "10:05:00", _expect(1, 1, 1, 1, 0.4, 0.2)),
    Example("Short abandon", worked.SHORT, "10:05:00", _expect(None, None, None, None, None, 0)),
    Example("Empty", worked.EMPTY, "10:00:00", _expect(None, None, None, None, None, None)),
)
