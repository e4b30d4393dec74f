"""What every KPI says is there in English and in French, and is set as each language asks."""

import re
from collections.abc import Iterator

import pytest

from streams.core.kpi import Kpi, Level, Text
from streams.kpis import CATALOGUE
from streams.kpis.texts import APOSTROPHE, LANGUAGES, NARROW_NO_BREAK, NO_BREAK, said, text
from streams.kpis.words import STATES, example_title, in_words

EVERY = pytest.mark.parametrize("kpi", [pytest.param(k, id=k.id) for k in CATALOGUE.values()])


def texts(kpi: Kpi) -> Iterator[Text]:
    """Everything about a KPI that a supervisor may read."""
    yield from (kpi.title, kpi.abbreviation, kpi.help, kpi.runbook)
    yield from (definition.help for definition in kpi.definitions.values())
    yield from (example_title(example) for example in kpi.examples)


@EVERY
def test_both_languages_say_something_and_not_the_same(kpi: Kpi) -> None:
    """Each text is there in English and French; long ones differ."""
    for both in texts(kpi):
        assert both.en.strip() == both.en != ""
        assert both.fr.strip() == both.fr != ""
        assert both.en != both.fr or len(both.en) < 12, both
    assert len(kpi.abbreviation.en) <= 16
    assert len(kpi.abbreviation.fr) <= 16
    for both in (kpi.help, kpi.runbook, *(d.help for d in kpi.definitions.values())):
        assert both.en.endswith("."), both.en
        assert both.fr.endswith("."), both.fr


@EVERY
def test_typography(kpi: Kpi) -> None:
    """Curly apostrophes; in French the spaces before double signs and inside quotes don't break."""
    for both in texts(kpi):
        assert not re.search(r"['\"]|  ", both.en + both.fr), both
        assert not re.search(r" [;:?!%»]|« ", both.fr), both.fr
        assert not re.search(rf"[^\s{NARROW_NO_BREAK}][;?!]", both.fr), both.fr
        assert not re.search(rf"[^{NO_BREAK}\d]:|[^{NO_BREAK}]%", both.fr), both.fr
        assert not re.search(r" [;:?!%]", both.en), both.en


@EVERY
def test_runbooks_are_short(kpi: Kpi) -> None:
    """One to three sentences: who reads them has an alarm on the wall."""
    for language in LANGUAGES:
        assert 1 <= len(re.findall(r"\.(?:\s|$)", said(kpi.runbook, language))) <= 3


@EVERY
def test_formulas_have_words(kpi: Kpi) -> None:
    """Every formula can be read out in both languages, without a measure's bare name."""
    for formula in (definition.formula for definition in kpi.definitions.values()):
        for language in LANGUAGES:
            assert "_" not in in_words(formula, language)
        assert in_words(formula, "en") != in_words(formula, "fr")


def test_every_state_has_words() -> None:
    """Parts of the agents' figures are shown by name."""
    parts = CATALOGUE["agents"].definitions["default"].formula
    assert isinstance(parts, Level)
    assert parts.of.keys() == STATES.keys()


def test_typesetting() -> None:
    """What the typist writes and what is printed."""
    both = text("It's 20 s.", "L'appel : « non » ; 20 s ? Oui ! 85 %")
    assert both.en == f"It{APOSTROPHE}s 20{NO_BREAK}s."
    assert both.fr == (
        f"L{APOSTROPHE}appel{NO_BREAK}: «{NO_BREAK}non{NO_BREAK}»{NARROW_NO_BREAK}; 20{NO_BREAK}s"
        f"{NARROW_NO_BREAK}? Oui{NARROW_NO_BREAK}! 85{NO_BREAK}%"
    )
