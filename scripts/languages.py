"""Catalogues of languages: gathers the sentences of the library, brings every catalogue up to them, compiles, and counts.

python scripts/languages.py            all of that, in this order
python scripts/languages.py report     only count: per cent by language and room, and what is stale
python scripts/languages.py begin sr   begin a catalogue for another language
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "ilp_lab" / "locale"
TEMPLATE = LOCALE / "ilp_lab.pot"
KEYWORDS = {"tr": None, "tr_later": None, "trn": (1, 2)}
HEADER = "# {language} sentences of ilp_lab.\n# A sentence keeps every placeholder in braces, as it is written there; their order is free.\n#"
PLACES = re.compile(r"\{[^{}]*\}")
# Folder of shipped data packs → what of a pack people read; a colon asks for the names or for the values of a part.
# Sources, offences, yardsticks and lists of words are not said in another language.
IN_PACKS = {
    "safeguards/packs/handling": ("codes/meaning",),
    "safeguards/packs/rules": ("title", "rules/title", "rules/says"),
    "safeguards/packs/retention": ("classes/meaning",),
    "evaluation/packs": (
        *("source_grades/meaning", "information_grades/meaning", "permissions/meaning"),
        *("actions/meaning", "sanitisation/meaning", "warnings/says"),
    ),
    "threats/packs/rubrics": (
        *("about", "levels:names", "sections/name", "tiers/name", "indicators/name", "indicators/definition"),
    ),
    "tasking/packs/readiness": (
        *("levels:values", "preconditions/name", "preconditions/items/name", "preconditions/items/evidence"),
    ),
}


def gathered() -> Catalog:
    """Every sentence of the library, in the order of its files, with the files it comes from."""
    made = Catalog(project="ilp_lab", version="1", header_comment=HEADER.format(language="The"))
    found = extract_from_dir(
        ROOT / "ilp_lab",
        [("**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=("translators:",),
        directory_filter=lambda folder: not folder.endswith("__pycache__"),
    )
    for file, _, message, comments, _ in sorted(found, key=lambda one: (Path(one[0]).parts, one[1])):
        made.add(message, locations=[(f"ilp_lab/{Path(file).as_posix()}", None)], auto_comments=comments)
    for file in sorted((ROOT / "ilp_lab").rglob("*.py")):
        for message in said_in(ast.parse(file.read_text(encoding="utf-8"))):
            if made.get(forms(message)[0]) is None:  # inside an f-string, where babel does not look
                made.add(message, locations=[(file.relative_to(ROOT).as_posix(), None)])
    for file, message in of_packs():
        made.add(message, locations=[(file.relative_to(ROOT).as_posix(), None)])
    return plain(made)


def of_packs() -> Iterator[tuple[Path, str]]:
    """What people read of the data packs that come with the library, with the file it stands in."""
    for folder, parts in IN_PACKS.items():
        for file in sorted((ROOT / "ilp_lab" / folder).glob("*.yml")):
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            for part in parts:
                yield from ((file, words) for words in read_of(content, part) if words)


def read_of(content: Any, part: str) -> Iterator[str]:
    """The texts of one part of a pack: ``codes/meaning`` is the meaning of every code."""
    if isinstance(content, list):
        for one in content:
            yield from read_of(one, part)
    elif not part:
        yield str(content).strip()
    elif ":" in part:
        name, which = part.split(":")
        held = content[name]
        yield from (str(one).strip() for one in (held if which == "names" else held.values()))
    else:
        first, _, rest = part.partition("/")
        yield from read_of(content.get(first, []), rest)


def said_in(tree: ast.AST) -> Iterator[str | tuple[str, ...]]:
    """The sentences that are marked in a piece of source, wherever they stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            texts = [one.value for one in node.args[: len(KEYWORDS[node.func.id] or (1,))] if isinstance(one, ast.Constant)]  # fmt: skip
            if texts and len(texts) == len(KEYWORDS[node.func.id] or (1,)):
                yield tuple(texts) if len(texts) > 1 else texts[0]


def plain(catalog: Catalog) -> Catalog:
    """Without the mark of another way to write placeholders: a per cent sign is just that here."""
    for message in catalog:
        message.flags.discard("python-format")
    return catalog


def read(file: Path, language: str | None = None) -> Catalog:
    """A catalogue as it stands in a file."""
    return plain(read_po(io.BytesIO(file.read_bytes()), locale=language))


def written(catalog: Catalog) -> bytes:
    """A catalogue as the bytes of its file."""
    stream = io.BytesIO()
    write_po(
        stream,
        catalog,
        width=0,
        include_previous=False,
        include_lineno=False,
        ignore_obsolete=True,
        omit_header=False,
    )
    text = re.sub(
        r'^"(Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By|POT-C|PO-R).*\n',
        "",
        stream.getvalue().decode(),
        flags=re.MULTILINE,
    )
    return text.encode()


def compiled(catalog: Catalog) -> bytes:
    """A catalogue as gettext reads it; the same sentences make the same bytes on every day."""
    stream = io.BytesIO()
    catalog.creation_date = datetime(1980, 1, 1, tzinfo=UTC)
    write_mo(stream, catalog)
    return stream.getvalue()


def sources() -> dict[str, Path]:
    """Language → the source of its catalogue."""
    return {file.parts[-3]: file for file in sorted(LOCALE.glob("*/LC_MESSAGES/ilp_lab.po"))}


def update() -> None:
    """Write template, catalogues and compiled catalogues anew."""
    template = gathered()
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(written(template))
    for language, file in sources().items():
        catalog = read(file, language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        file.write_bytes(written(plain(catalog)))
        file.with_suffix(".mo").write_bytes(compiled(read(file, language)))


def begin(language: str) -> None:
    """Begin a catalogue."""
    file = LOCALE / language / "LC_MESSAGES" / "ilp_lab.po"
    if file.exists():
        raise SystemExit(f"{file} is there already.")
    file.parent.mkdir(parents=True)
    made = Catalog(locale=language, project="ilp_lab", version="1", fuzzy=False)
    made.header_comment = HEADER.format(language=made.locale.english_name if made.locale else language)
    file.write_bytes(written(made))
    update()


def forms(message: object) -> tuple[str, ...]:
    """The texts of a message or of its translation, one for each form of number."""
    return tuple(message) if isinstance(message, list | tuple) else (str(message),)


def translated(message: object) -> bool:
    """Whether every form of a message is translated, with its placeholders, and not marked as doubtful."""
    source, said = forms(message.id), forms(message.string)  # type: ignore[attr-defined]
    wanted = sorted(PLACES.findall(source[-1]))
    return all(said) and not message.fuzzy and all(sorted(PLACES.findall(one)) == wanted for one in said)  # type: ignore[attr-defined]


def rooms(message: object) -> set[str]:
    """The rooms in which a message is said."""
    return {Path(file).parts[1].removesuffix(".py") for file, _ in message.locations}  # type: ignore[attr-defined]


def counts(catalog: Catalog) -> dict[str, tuple[int, int]]:
    """Room → how many sentences are translated, of how many."""
    done: dict[str, list[bool]] = defaultdict(list)
    for message in catalog:
        for room in rooms(message) if message.id else ():
            done[room].append(translated(message))
    return {room: (sum(found), len(found)) for room, found in sorted(done.items())}


def report() -> int:
    """Say how much of each language is there; 1 when the template is not what the source says."""
    now = {forms(message.id) for message in gathered() if message.id}
    listed = {forms(message.id) for message in read(TEMPLATE) if message.id}
    for language, file in sources().items():
        catalog = read(file, language)
        found = counts(catalog)
        stale = len({forms(message.id) for message in catalog if message.id} - now) + len(catalog.obsolete)
        every = [message for message in catalog if message.id]
        share = sum(map(translated, every)) / max(len(every), 1)
        print(f"{language}: {share:.1%} of {len(every)} sentences, {stale} stale")
        print("   " + ", ".join(f"{room} {done / of:.0%}" for room, (done, of) in found.items()))
    print(
        f"In the source and not in the template: {len(now - listed)}; in the template and no longer in the source: {len(listed - now)}"
    )
    return int(now != listed)


if __name__ == "__main__":
    asked = sys.argv[1:] or ["update"]
    if asked[0] == "begin":
        begin(asked[1])
    elif asked[0] == "update":
        update()
    elif asked[0] != "report":
        sys.exit(f"Nothing is called {asked[0]}; there are: update, report, begin.")
    sys.exit(report())
