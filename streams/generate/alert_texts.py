"""What an alert says, in English and French, and where it leads."""

from typing import Final

from streams.core.kpi import Kpi
from streams.kpis.texts import NO_BREAK

GRAFANA: Final = "{{ $externalLabels.vigie_grafana }}"
RUNBOOKS: Final = "{{ $externalLabels.vigie_runbooks }}"
"""Addresses of this installation: external labels of prometheus.yml, dropped before sending."""

OVERVIEW: Final = "vigie-overview"

_VALUE: Final = {
    "ratio": "{{ $value | humanizePercentage }}",
    "seconds": "{{ $value | humanizeDuration }}",
}
_COUNT: Final = '{{ $value | printf "%.0f" }}'


def annotations(kpi: Kpi, *, low: bool) -> dict[str, str]:
    """Summary and description in both languages, and the two addresses."""
    value = _VALUE.get(kpi.unit, _COUNT)
    over, sur = (
        ("", "") if kpi.live else (" over {{ $labels.window }}", " sur {{ $labels.window }}")
    )
    english = "too low" if low else "too high"
    french = "sous le seuil" if low else "au-dessus du seuil"
    return {
        "summary": f"{kpi.title.en} {english} in {{{{ $labels.queue }}}}: {value}{over}",
        "summary_fr": f"{kpi.title.fr} {french} pour {{{{ $labels.queue }}}}"
        f"{NO_BREAK}: {value}{sur}",
        "description": f"{kpi.help.en} {kpi.runbook.en}",
        "description_fr": f"{kpi.help.fr} {kpi.runbook.fr}",
        **addresses(f"{kpi.id}.md", queue=True),
    }


def addresses(page: str, *, queue: bool) -> dict[str, str]:
    """Where to read what to do, and where to look."""
    place = "?var-queue={{ $labels.queue | urlquery }}" if queue else ""
    return {
        "runbook_url": f"{RUNBOOKS}/{page}",
        "dashboard_url": f"{GRAFANA}/d/{OVERVIEW}{place}",
    }
