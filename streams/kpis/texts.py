"""Sentences in both languages, set with the typography that each language asks for.

KPI files are typed on any keyboard: straight apostrophes, ordinary spaces. `text` sets the curly
apostrophe and the spaces that must not break, so that no file has to hide them.
"""

import re
from typing import Final, Literal

from streams.core.kpi import Definition, Formula, Text

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")

APOSTROPHE: Final = "\u2019"
NO_BREAK: Final = "\u00a0"
NARROW_NO_BREAK: Final = "\u202f"

_UNIT_AFTER_NUMBER: Final = re.compile(r"(?<=\d) (?=(?:s|h|min|%)(?!\w))")
_NARROW_BEFORE: Final = re.compile(r" (?=[;?!])")
_WIDE_BEFORE: Final = re.compile(r" (?=[:»%])")


def text(en: str, fr: str) -> Text:
    """The same sentence in English and French, typeset."""
    return Text(en=english(en), fr=french(fr))


def definition(formula: Formula, en: str, fr: str, *, wrong: bool = False) -> Definition:
    """One way to compute a KPI, with its sentence in both languages."""
    return Definition(formula, text(en, fr), wrong)


def english(plain: str) -> str:
    """English as it is printed: curly apostrophes, units that stay with their number."""
    return _UNIT_AFTER_NUMBER.sub(NO_BREAK, plain.replace("'", APOSTROPHE))


def french(plain: str) -> str:
    """French as it is printed: the same, and the spaces before double signs and in quotes."""
    text = english(plain).replace("« ", "«" + NO_BREAK)
    return _WIDE_BEFORE.sub(NO_BREAK, _NARROW_BEFORE.sub(NARROW_NO_BREAK, text))


def said(both: Text, language: Language) -> str:
    """The sentence in one language."""
    return both.fr if language == "fr" else both.en
