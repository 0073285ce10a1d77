"""What a format has no place for: counted, named, and said before anybody relies on the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LOST, CHANGED, ONLY_HERE = "lost", "changed", "only here"
_MEANING = {
    LOST: "not in the file",
    CHANGED: "in the file in another form",
    ONLY_HERE: "in the file, but other programs do not show it",
}


@dataclass(frozen=True)
class LossReport:
    """What was lost or changed when a chart went into a file or came out of one.

    Attributes
    ----------
    what
        The format and the way: ``"written as GraphML"``.
    entities, links
        How many there are in the file.
    losses
        (effect, what, how many) in the order they were met; effects are ``lost``, ``changed`` and ``only here``.
    notes
        What was decided on the way, such as which column was taken as the strength of links.
    """

    what: str
    entities: int
    links: int
    losses: tuple[tuple[str, str, int], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lossless(self) -> bool:
        """Whether nothing was lost or changed."""
        return not any(effect in (LOST, CHANGED) for effect, _, _ in self.losses)

    @property
    def table(self) -> pd.DataFrame:
        """One row per loss: effect, what, n, meaning."""
        import pandas as pd

        rows = [(effect, what, n, _MEANING[effect]) for effect, what, n in self.losses]
        return pd.DataFrame(rows, columns=["effect", "what", "n", "meaning"])

    def explain(self) -> str:
        """The report in sentences."""
        said = [f"{self.entities:,} entities and {self.links:,} links were {self.what}."]
        if self.lossless:
            said.append("Nothing was lost or changed.")
        said += [
            f"{effect.capitalize()} ({_MEANING[effect]}): {what}, {n:,}." for effect, what, n in self.losses
        ]
        return "\n".join((*said, *self.notes))

    def __str__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        lines = [f"<p>{escape(line)}</p>" for line in self.explain().splitlines()]
        return f'<div class="ilp-losses">{"".join(lines)}</div>'


@dataclass
class Losses:
    """Losses as they are met."""

    met: dict[tuple[str, str], int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, effect: str, what: str, n: int = 1) -> None:
        """Count a loss."""
        if n:
            self.met[effect, what] = self.met.get((effect, what), 0) + n

    def note(self, sentence: str) -> None:
        """Say something once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def report(self, what: str, entities: int, links: int) -> LossReport:
        """The report so far; losses first."""
        order = {LOST: 0, CHANGED: 1, ONLY_HERE: 2}
        losses = sorted(
            ((effect, text, n) for (effect, text), n in self.met.items()), key=lambda one: order[one[0]]
        )
        return LossReport(what, entities, links, tuple(losses), tuple(self.notes))
