"""What every product is: a question, parts that answer it, and what they rest on; written through the release gate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, runtime_checkable

from ilp_lab._check import Check
from ilp_lab._spoken import speak, spoken
from ilp_lab._tongue import again, looked_up, tr
from ilp_lab.errors import InputError, NoCaseError
from ilp_lab.products.extract import in_english_words
from ilp_lab.products.guarding import following_policing, ranked_persons
from ilp_lab.products.parts import Exhibit, Judged, Part, Section, Statement
from ilp_lab.reasoning import Judgement, check_language
from ilp_lab.result import Result, fingerprint
from ilp_lab.safeguards import enforce, handling_of, origin_of, policy, source_phrases
from ilp_lab.safeguards.case import Case
from ilp_lab.safeguards.release import Released, release_bytes

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS = 60


@runtime_checkable
class Quality(Protocol):
    """What a product prints of a quality report."""

    @property
    def source(self) -> str:
        """Where the table came from."""

    @property
    def faults(self) -> pd.DataFrame:
        """One row per kind of fault."""

    def explain(self) -> str:
        """The report in sentences."""


@dataclass(frozen=True)
class Product:
    """A written answer to one question; the base of the kinds of product.

    Every statement in it either cites what it rests on or is a judgement with term, confidence and basis. Each ``add…`` gives a
    new product, so one can be built as a chain and kept at any step.

    Parameters
    ----------
    case
        The open case; its purpose and legal basis stand on the product.
    question
        What the reader needs answered.
    title
        A heading; made from the question when left out.
    written_on
        Its date; today when left out.
    language
        In which the library's own words stand on it; catalogues that are not there leave them in English.

    Raises
    ------
    NoCaseError
        When no case is open: exploring is free, products need one.
    """

    case: Case
    question: str
    title: str = ""
    written_on: date | None = None
    parts: tuple[Part, ...] = ()
    qualities: tuple[Quality, ...] = ()
    recommendations: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    language: str = field(default_factory=spoken)

    kind: ClassVar[str] = "product"
    apart: ClassVar[bool] = False

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Product")

    def __post_init__(self) -> None:
        if not isinstance(self.case, Case):
            raise NoCaseError(
                "A product needs an open case, so that its purpose and legal basis stand on it: "
                "ilp.open_case(folder, purpose=..., legal_basis=..., analyst=...)."
            )
        check = Check(type(self).__name__)
        if not self.question.strip():
            check.add("question must say what the reader needs answered; it is empty.")
        self._check(check)
        check.done()

    def _check(self, check: Check) -> None:
        """What a kind of product needs from the start."""

    def _lacks(self) -> list[str]:
        """What a kind of product lacks before it can be released, in sentences."""
        return [] if self.parts else [tr("it has no part: add a finding, a judgement or a statement.")]

    def _guards(self) -> dict[str, list[str]]:
        """Safeguard to what stands against it; it stops the release unless somebody else lifts it."""
        texts = [*(part.says for part in self.parts), *self.recommendations, *self.gaps]
        found = dict.fromkeys(source_phrases(texts)["found"])
        told = tr("the wording tells who the source is; write it anew: {words}")
        return {
            "D3": list(ranked_persons(self.parts)),
            "D14": list(following_policing(self.sections)),
            "D19": [told.format(words=repr(phrase)) for phrase in found],
        }

    def facts(self) -> dict[str, str]:
        """What a kind of product says at its head besides date, purpose, legal basis and analyst."""
        return {}

    def add(self, result: Result, *, says: str, heading: str | None = None, areas: Any = None) -> Self:
        """Add a finding.

        Parameters
        ----------
        result
            What an analysis handed back.
        says
            What it means for the question, in the analyst's words.
        heading
            Its heading; the result's title when left out.
        areas
            Outlines to draw behind a map.
        """
        check = Check(f"{type(self).__name__}.add")
        if not hasattr(result, "method_statement"):
            check.add(f"result must be what an analysis handed back (a Result); got {type(result).__name__}.")
        if not says.strip():
            check.add("says must state what the finding means for the question; it is empty.")
        check.done()
        marked = replace(result, handling=handling_of(self.case, result))
        return self._with(Section(says.strip(), marked, heading or result.title, areas))

    def add_judgement(self, *judgements: Any) -> Self:
        """Add judgements; they are shown as such, apart from what is known."""
        check = Check(f"{type(self).__name__}.add_judgement")
        for one in judgements:
            if not isinstance(one, Judgement):
                check.add(f"a judgement is made with ilp.reasoning.judgement(...); got {type(one).__name__}.")
        check.done()
        return self._with(*(Judged(one) for one in judgements))

    def add_statement(self, says: str, *, cites: Any, handling: str | None = None) -> Self:
        """Add a statement of fact.

        Parameters
        ----------
        says
            The statement.
        cites
            What says so: numbers of reports, results, or a list of them.
        handling
            A handling code, when the reports have a stricter one than the case.
        """
        check = Check(f"{type(self).__name__}.add_statement")
        held = list(cites) if isinstance(cites, (list, tuple, set)) else [cites]
        named = tuple(
            item.citation() if isinstance(item, Result) else str(item).strip()
            for item in held
            if isinstance(item, Result) or str(item or "").strip()
        )
        if not says.strip():
            check.add("the statement is empty.")
        if not named:
            check.add(
                "cites must name what says so; what nobody can point at is a judgement (add_judgement)."
            )
        check.done()
        code = handling_of(self.case, *(item for item in held if isinstance(item, Result)), handling)
        return self._with(Statement(says.strip(), named, code))

    def add_table(
        self, table: pd.DataFrame, *, says: str, source: str | None = None, heading: str = ""
    ) -> Self:
        """Add a table of the analyst's own.

        Parameters
        ----------
        table
            At most sixty rows; columns on persons and sources stay behind (see :mod:`ilp_lab.schema`).
        says
            What it shows.
        source
            Where it comes from; the origin of the table when it is known.
        heading
            Its heading.
        """
        check = Check(f"{type(self).__name__}.add_table")
        if check.frame(table, "table") and not 1 <= len(table) <= _MOST_ROWS:
            check.add(f"a table in a product has 1 to {_MOST_ROWS} rows; this one has {len(table):,}.")
        self._check_exhibit(check, says, source or (origin_of(table) if hasattr(table, "attrs") else ""))
        check.done()
        told = source or origin_of(table)
        return self._with(Exhibit(says.strip(), heading, told, handling_of(self.case, table), table=table))

    def add_picture(
        self,
        picture: Any,
        *,
        says: str,
        alternative: str,
        source: str,
        heading: str = "",
        handling: str | None = None,
    ) -> Self:
        """Add a picture.

        Parameters
        ----------
        picture
            A matplotlib figure, PNG bytes, or the path of a PNG file.
        says
            What it shows.
        alternative
            The same for readers who cannot see it.
        source
            Where it comes from.
        heading, handling
            Its heading and handling code.
        """
        check = Check(f"{type(self).__name__}.add_picture")
        self._check_exhibit(check, says, source)
        if not alternative.strip():
            check.add("alternative must say what the picture shows, for readers who cannot see it.")
        content = _png(check, picture)
        check.done()
        code = handling_of(self.case, handling)
        return self._with(
            Exhibit(
                says.strip(),
                heading,
                source,
                code,
                picture=content,
                alternative=alternative.strip(),
            )
        )

    def add_quality(self, *reports: Quality) -> Self:
        """Add what the quality reports say of the data."""
        return replace(self, qualities=(*self.qualities, *reports))

    def recommend(self, *sentences: str) -> Self:
        """Add recommendations: who should consider doing what, by when. A named person decides."""
        return replace(self, recommendations=(*self.recommendations, *sentences))

    def gap(self, *sentences: str) -> Self:
        """Say what is not known and would matter."""
        return replace(self, gaps=(*self.gaps, *sentences))

    def problems(self) -> pd.DataFrame:
        """Look at the draft as a sceptical reader would.

        Returns
        -------
        DataFrame
            ``where``, ``found``, ``problem``, ``instead``: what the kind of product lacks and which safeguard stands against it (it
            cannot be released so), and words that say less, or more, than is known.
        """
        import pandas as pd

        found = [
            {"where": tr("product"), "found": "", "problem": lack, "instead": ""} for lack in self._lacks()
        ]
        found += [
            {"where": tr("product"), "found": "", "problem": f"{number}: {fault}", "instead": ""}
            for number, faults in self._guards().items()
            for fault in faults
        ]
        texts = [
            (part.heading or tr("statement"), part.says)
            for part in self.parts
            if not isinstance(part, Judged)
        ]
        texts += [(tr("to be considered"), sentence) for sentence in self.recommendations]
        for where, says in texts:
            hits = check_language(says)[["found", "problem", "instead"]]
            found.extend(
                {
                    "where": where,
                    "found": str(hit["found"]),
                    "problem": str(hit["problem"]),
                    "instead": str(hit["instead"]),
                }
                for hit in hits.to_dict("records")
            )
        return pd.DataFrame(found, columns=pd.Index(["where", "found", "problem", "instead"]))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The findings among the parts."""
        return tuple(part for part in self.parts if isinstance(part, Section))

    @property
    def handling(self) -> str:
        """The strictest handling code of the case and of every part."""
        return handling_of(self.case, *(part.handling for part in self.parts))

    @property
    def heading(self) -> str:
        """The title, or the question when there is none."""
        return self.title or tr("{kind}: {question}").format(kind=self.spoken, question=self.question)

    @property
    def date(self) -> date:
        """The date on the product."""
        return self.written_on or date.today()  # noqa: DTZ011  (the reader's calendar day)

    @property
    def handling_meaning(self) -> str:
        """The handling code's condition in words."""
        return looked_up(policy()[self.handling].meaning)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Everything it rests on, each once, in the order of citation."""
        return tuple(dict.fromkeys(again(item) for part in self.parts for item in part.evidence))

    @property
    def reproducibility(self) -> str:
        """A hash of the question, every statement, method, setting, table and picture: the same product has the same one."""
        with speak("en"):  # the same in every language
            tables = [
                in_english_words(section.result.table.drop(columns="geometry", errors="ignore")).to_csv(
                    index=False
                )
                for section in self.sections
            ]
            told = (*(part.says for part in self.parts), *self.recommendations, *self.gaps)
            words = [again(sentence) for sentence in told]
            method = self.method_statement()
        shown = [part for part in self.parts if isinstance(part, Exhibit)]
        tables += [part.table.to_csv(index=False) for part in shown if part.table is not None]
        tables += [hashlib.sha256(part.picture).hexdigest() for part in shown if part.picture is not None]
        return fingerprint(self.kind, self.question, *words, method, *tables)

    def method_statement(self) -> str:
        """Everything needed to repeat every analysis in the product, as plain text."""
        rule = "\n\n" + "-" * 72 + "\n\n"
        return rule.join(section.result.method_statement() for section in self.sections)

    def to_html(self, path: str | Path, *, authority: str | None = None, reason: str = "") -> Released:
        """Write the product as one page that opens on any computer without a network.

        Raises
        ------
        InputError
            When the product lacks something that its kind needs.
        SafeguardError
            When its wording tells who a source is (D19), or a public edition holds small counts or points (D11).
        HandlingError
            When the handling code needs an authority and none is named.
        WriteError
            When it cannot be written.
        """
        return self._write(path, ".html", authority, reason)

    def to_docx(self, path: str | Path, *, authority: str | None = None, reason: str = "") -> Released:
        """Write the product as a Word document that can be edited; see :meth:`to_html` for errors."""
        return self._write(path, ".docx", authority, reason)

    def to_pdf(self, path: str | Path, *, authority: str | None = None, reason: str = "") -> Released:
        """Write the product as PDF for print; see :meth:`to_html` for errors."""
        return self._write(path, ".pdf", authority, reason)

    def _write(self, path: str | Path, ending: str, authority: str | None, reason: str) -> Released:
        target = Path(path)
        if target.suffix.lower() != ending:
            raise InputError(
                f"{type(self).__name__}: the file name must end in {ending}; got {target.name!r}."
            )
        check = Check(f"{type(self).__name__}.to_{ending[1:]}")
        for lack in self._lacks():
            check.add(lack)
        check.done()
        for number, faults in self._guards().items():
            enforce(self.case, number, faults)
        return release_bytes(
            self.case,
            target,
            self._content(ending),
            what=self.kind,
            inputs=(*(section.result for section in self.sections), *(part.handling for part in self.parts)),
            authority=authority,
            reason=reason,
            rests_on=self.evidence,
        )

    def _content(self, ending: str) -> bytes:
        from ilp_lab.products import html, pdf, word
        from ilp_lab.products.composing import compose

        with speak(self.language):
            document = compose(self)
            if ending == ".html":
                return html.render(document).encode(errors="replace")
            return word.render(document) if ending == ".docx" else pdf.render(document)

    def _with(self, *parts: Part) -> Self:
        return replace(self, parts=(*self.parts, *parts))

    def _check_exhibit(self, check: Check, says: str, source: str) -> None:
        if not says.strip():
            check.add("says must state what it shows; it is empty.")
        if not source.strip():
            check.add("source must say where it comes from.")

    def _repr_html_(self) -> str:
        from ilp_lab.views import Page

        page = self._content(".html").decode()
        return Page(title=self.heading, html=page, handling=self.handling)._repr_html_()


def _png(check: Check, picture: Any) -> bytes:
    if hasattr(picture, "savefig"):
        from ilp_lab.views import png

        return png(picture)
    content = picture
    if isinstance(picture, (str, Path)):
        try:
            content = Path(picture).read_bytes()
        except OSError as error:
            check.add(f"the picture {picture} cannot be read: {error.strerror or error}.")
            return b""
    if not isinstance(content, bytes) or not content.startswith(b"\x89PNG\r\n\x1a\n"):
        check.add("a picture must be a matplotlib figure or PNG; other formats hold what cannot be checked.")
        return b""
    return content


def lacking(pairs: Iterable[tuple[bool, str]]) -> list[str]:
    """The sentences whose condition does not hold."""
    return [sentence for holds, sentence in pairs if not holds]
