"""Composing: a product turned into a document, with every statement numbered to what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ilp_lab._tongue import again, day_in_words, figure, looked_up, tr
from ilp_lab.products.blocks import Block, Decision, Document, Facts, Heading, Listing, Picture, Turn, Words
from ilp_lab.products.extract import alternative_text, grid_of, leading_rows
from ilp_lab.products.parts import Exhibit, Judged, Part, Section, Statement
from ilp_lab.safeguards import overrides

if TYPE_CHECKING:
    from ilp_lab.products.product import Product


def compose(product: Product) -> Document:
    """The document of a product."""
    public = product.kind == "public edition"
    blocks = [*_head(product, public=public), *_body(product)]
    if product.gaps:
        blocks += [Heading(tr("What is not known")), Listing(_told(product.gaps))]
    if product.recommendations:
        blocks += [
            Heading(tr("What we do") if public else tr("To be considered")),
            Listing(_told(product.recommendations)),
        ]
    if not public:
        blocks.append(_decision())
    if product.kind == "briefing":
        blocks += [Turn(), *_behind(product)]
    blocks += [*_evidence(product), *_quality(product), *_method(product, public=public)]
    return Document(
        title=product.heading,
        subtitle=product.question if product.title else "",
        author="" if public else product.case.analyst,
        handling=product.handling,
        handling_meaning=product.handling_meaning,
        language=product.language,
        fingerprint=product.reproducibility,
        blocks=tuple(blocks),
    )


def _head(product: Product, *, public: bool) -> Iterator[Block]:
    rows = [(tr("Date"), day_in_words(product.date))]
    if not public:
        rows += [
            (tr("Purpose"), product.case.purpose),
            (tr("Legal basis"), product.case.legal_basis),
            (tr("Analyst"), product.case.analyst),
        ]
    rows += [(name, value) for name, value in product.facts().items() if value]
    lifted = [] if public else list(overrides(product.case)["rule"])
    if lifted:
        told = tr("{times} in this case: {rules}")
        rows.append(
            (tr("Safeguards lifted"), told.format(times=len(lifted), rules=", ".join(dict.fromkeys(lifted))))
        )
    yield Facts(tuple(rows))
    judged = [part.says for part in product.parts if isinstance(part, Judged)]
    first = judged if product.apart and judged else [part.says for part in product.parts]
    if first:
        yield Heading(tr("In short"), level=2)
        yield Listing(_told(first), summary=True)


def _told(sentences: Iterable[str]) -> tuple[str, ...]:
    """The library's own sentences in the language of the product; an analyst's words as written."""
    return tuple(again(sentence) for sentence in sentences)


def _body(product: Product) -> Iterator[Block]:
    numbers = {item: number for number, item in enumerate(product.evidence, start=1)}
    if not product.apart:
        for at, part in enumerate(product.parts, start=1):
            yield from _part(part, f"{at}. ", numbers, product)
        return
    for heading, kinds in (
        (tr("What is known"), (Section, Statement, Exhibit)),
        (tr("What we judge"), (Judged,)),
    ):
        chosen = [part for part in product.parts if isinstance(part, kinds)]
        if chosen:
            yield Heading(heading)
            for part in chosen:
                yield from _part(part, "", numbers, product)


def _part(part: Part, lead: str, numbers: dict[str, int], product: Product) -> Iterator[Block]:
    marks = " ".join(f"[{numbers[again(item)]}]" for item in part.evidence)
    level, says = 1 if lead else 2, again(part.says)
    if isinstance(part, Judged):
        if lead:
            yield Heading(lead + tr("Judgement"), level)
        yield Words(f"{says} {marks}", "judged")
        yield from _reasons(part)
        return
    if isinstance(part, Statement):
        if lead:
            yield Heading(lead + (again(part.heading) or tr("What is known")), level)
        yield Words(f"{says} {marks}", "known")
        return
    named = tr("Picture") if isinstance(part, Exhibit) and part.picture is not None else tr("Table")
    yield Heading(lead + (again(part.heading) or named), level)
    yield Words(f"{says} {marks}", "strong")
    if isinstance(part, Exhibit):
        yield from _exhibit(part)
    elif product.kind == "briefing":
        yield from _picture(part, small=True)
    else:
        yield from _finding(part, public=product.kind == "public edition")


def _reasons(part: Judged) -> Iterator[Block]:
    told = (
        (tr("It assumes"), part.judgement.assumptions),
        (tr("What else it could be"), part.judgement.alternatives),
        (tr("What would change it"), part.judgement.would_change),
    )
    rows = tuple((name, "; ".join(items)) for name, items in told if items)
    if rows:
        yield Facts(rows)


def _finding(section: Section, *, public: bool) -> Iterator[Block]:
    """What a result shows; the public is told what it means and sees it, and is spared how analysts talk."""
    result = section.said
    for finding in () if public else result.findings:
        yield Words(finding)
    yield from _picture(section)
    rows = leading_rows(result)
    if len(rows):
        yield grid_of(rows, of=result, missing=again(result.details.get("missing", "")))
    if result.caveats and not public:
        yield Heading(tr("What weakens this"), level=2)
        yield Listing(tuple(result.caveats), fine=True)


def _picture(section: Section, *, small: bool = False) -> Iterator[Block]:
    if section.picture:
        yield Picture(section.picture, alternative_text(section.said), small)


def _behind(product: Product) -> Iterator[Block]:
    """What a briefing leaves for its second page: what was found in full, and what weakens it."""
    for section in product.sections:
        result = section.said
        yield Heading(again(section.heading), level=2)
        for finding in result.findings:
            yield Words(finding, "fine")
        rows = leading_rows(result)
        if len(rows):
            yield grid_of(rows, of=result)
        if result.caveats:
            yield Heading(tr("What weakens this"), level=2)
            yield Listing(tuple(result.caveats), fine=True)


def _exhibit(part: Exhibit) -> Iterator[Block]:
    if part.picture is not None:
        yield Picture(part.picture, part.alternative)
    elif part.table is not None:
        yield grid_of(part.table, caption=tr("Source: {source}").format(source=part.source))


def _decision() -> Decision:
    note = tr(
        "This product describes what was recorded. It decides nothing: a named person does, after weighing legality, necessity, "
        "proportionality and non-discrimination."
    )
    return Decision(tr("Decision"), note, (tr("Decided"), tr("By (name, function)"), tr("Date")))


def _evidence(product: Product) -> Iterator[Block]:
    if product.evidence:
        yield Heading(tr("What it rests on"))
        yield Listing(product.evidence, numbered=True, fine=True)


def _quality(product: Product) -> Iterator[Block]:
    if not product.qualities:
        return
    yield Heading(tr("How good the data are"))
    for quality in product.qualities:
        yield Heading(looked_up(quality.source), level=2)
        for sentence in quality.explain().splitlines():
            yield Words(sentence, "fine")


def _method(product: Product, *, public: bool) -> Iterator[Block]:
    if product.sections:
        yield Heading(tr("How it was done"))
    for section in product.sections:
        result = section.said
        yield Heading(again(section.heading), level=2)
        yield Words(result.method, "fine")
        if public:
            continue
        lines = [str(param) for param in result.params]
        if result.seed:
            lines.append(tr("random numbers: seed {seed}").format(seed=result.seed))
        lines += section.result.analysed()
        lines += [
            tr("left out: {count} rows, {reason}").format(count=figure(count, ","), reason=reason)
            for reason, count in result.left_out.items()
        ]
        if lines:
            yield Listing(tuple(lines), fine=True)
    sources = tuple(dict.fromkeys(str(source) for part in product.parts for source in part.sources))
    if sources and not public:
        yield Heading(tr("Data"), level=2)
        yield Listing(sources, fine=True)
    references = tuple(
        dict.fromkeys(item for section in product.sections for item in section.result.references)
    )
    if references:
        yield Heading(tr("References"), level=2)
        yield Listing(references, fine=True)
    yield Words(tr("Reproducibility: {hash}").format(hash=product.reproducibility), "fine")
