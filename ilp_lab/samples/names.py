"""Names that belong to nobody: built from syllables, checked against real places and telling endings."""

from __future__ import annotations

from ilp_lab.samples.dice import Dice

ONSETS = (
    "b",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "dr",
    "gr",
    "kr",
    "tr",
    "pl",
)
VOWELS = ("a", "e", "i", "o", "u")
JOINS = ("", "", "", "", "l", "n", "r", "m")
ENDINGS = ("od", "ul", "um", "et", "ad", "im", "ot", "ur", "ep", "og", "e", "o", "u", "am", "ek", "or")
# Words the syllables could spell that are, or sound like, places of this world.
_REAL = """
    amur bari bern bonn bordeaux brest cairo congo cuba dakar delhi faro gabon ghana goa gomel grado ibiza kabul
    kiel kigali kobe kuopio laos libau lima lome london lugano madrid mali malmo malta mekong mexico milan minsk
    monaco nepal niger oman omsk osaka oslo padua palermo paris peru perugia porto prague pristina rabat reno riga
    rome salamanca sarajevo seoul sofia split tallinn tartu tibet tirana togo tokelau tokyo tonga toronto trento
    trier tripoli tuzla turin verona vigo vilnius zadar zagreb zambia kotor budva dobre trebur
"""
REAL = frozenset(_REAL.split())


class Namer:
    """Makes new words; never the same twice.

    Examples
    --------
    >>> maker = Namer(7, "example")
    >>> first, second = maker.word(), maker.word()
    >>> first != second and first.istitle() and second.istitle()
    True
    """

    def __init__(self, seed: int, stream: str, taken: frozenset[str] = frozenset()) -> None:
        self._dice = Dice(seed, f"names of {stream}")
        self._taken = {word.lower() for word in taken}

    def word(self, syllables: int = 0) -> str:
        """Return one word of two or three syllables with a capital."""
        while True:
            count = syllables or 2 + self._dice.one(2)
            parts = [self._of(ONSETS) + self._of(VOWELS) + self._of(JOINS) for _ in range(count - 1)]
            word = "".join(parts) + self._of(ONSETS[:14]) + self._of(ENDINGS)
            if len(word) >= 5 and word not in self._taken and word not in REAL:
                self._taken.add(word)
                return word.capitalize()

    def _of(self, options: tuple[str, ...]) -> str:
        return options[self._dice.one(len(options))]
