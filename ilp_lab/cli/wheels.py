"""Packages for other computers: every wheel that a kind of computer needs, found out from the wheels themselves.

pip looks at this computer when it decides what another one needs, so a Windows computer would lack what only Windows
asks for. Here what a wheel says it requires is read for the computer it is meant for, until nothing is missing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ilp_lab.errors import InputError, MissingPartError, ReadError

OWN = "ilp-lab"
_TAGS = {
    "windows": ("win_amd64",),
    "macos": ("macosx_14_0_arm64", "macosx_14_0_universal2"),
    "linux": (
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_24_x86_64",
        "manylinux2014_x86_64",
    ),
}
_MARKERS = {
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
    "macos": {
        "sys_platform": "darwin",
        "platform_system": "Darwin",
        "os_name": "posix",
        "platform_machine": "arm64",
    },
    "linux": {
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
}
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Computer:
    """A kind of computer: its system (``windows``, ``macos``, ``linux``) and its Python, such as ``3.12``."""

    system: str
    python: str

    def __post_init__(self) -> None:
        if self.system not in _TAGS or not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)", self.python):
            raise InputError(
                f"A kit is made for {', '.join(_TAGS)} and for Python 3.11 or newer, such as 3.12; "
                f"got {self.system} with Python {self.python}."
            )

    @property
    def markers(self) -> dict[str, str]:
        """What conditions on requirements are judged by."""
        return {
            **_MARKERS[self.system],
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
        }

    @property
    def options(self) -> list[str]:
        """The words by which pip is told about the computer."""
        words = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", self.python]
        for tag in _TAGS[self.system]:
            words += ["--platform", tag]
        return words


def this_computer() -> Computer:
    """The kind of the computer that this runs on."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return Computer(system, f"{sys.version_info.major}.{sys.version_info.minor}")


def build_own_wheel(checkout: Path, into: Path, *, wheels: Path | None) -> Path:
    """Build the project's own wheel from its checkout; returns the file."""
    _pip("wheel", "--no-deps", "-w", str(into), *_source(wheels), str(checkout))
    (built,) = into.glob("ilp_lab-*.whl")
    return built


def gather(
    computer: Computer, into: Path, *, pins: Sequence[str], wheels: Path | None, say: Callable[[str], object]
) -> list[Path]:
    """Bring every wheel that ``computer`` needs for what is in ``into``, at the pinned versions.

    Parameters
    ----------
    computer
        The kind of computer.
    into
        Folder of wheels for this kind of computer alone, with the project's own wheel in it.
    pins
        Lines ``name==version ; marker``.
    wheels
        Take them from this folder instead of the network.
    say
        Called with a sentence of progress.

    Raises
    ------
    MissingPartError
        When a requirement has no pin, or pip could not bring a wheel.
    """
    pinned = _pinned(pins, computer)
    for _ in range(_ROUNDS):
        missing = sorted(_required(into, computer) - {name for name, _ in _present(into)})
        if not missing:
            return sorted(into.glob("*.whl"))
        unknown = [name for name in missing if name not in pinned]
        if unknown:
            raise MissingPartError(
                f"{', '.join(unknown)} is needed on {computer.system} and has no pinned version in constraints.txt; "
                "pin again (CONTRIBUTING.md says how)."
            )
        say(f"{computer.system}, Python {computer.python}: fetching {len(missing)} packages ...")
        wanted = [f"{name}=={pinned[name]}" for name in missing]
        _pip("download", "--no-deps", "-d", str(into), *computer.options, *_source(wheels), *wanted)
    raise MissingPartError(f"What {computer.system} needs did not come to an end after {_ROUNDS} rounds.")


def _required(folder: Path, computer: Computer) -> set[str]:
    """Names that the project's own wheel needs there, and what these need in turn, as far as they are present."""
    by_name: dict[str, list[Path]] = {}
    for name, path in _present(folder):
        by_name.setdefault(name, []).append(path)
    needed, open_ends = {OWN}, [(OWN, frozenset({""}))]
    seen = set(open_ends)
    while open_ends:
        name, extras = open_ends.pop()
        for path in by_name.get(name, []):
            for requirement in _requirements(path):
                if not _applies(requirement, computer, extras):
                    continue
                other = canonicalize_name(requirement.name)
                needed.add(other)
                step = (other, frozenset({"", *requirement.extras}))
                if step not in seen:
                    seen.add(step)
                    open_ends.append(step)
    return needed


def _applies(requirement: Requirement, computer: Computer, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**computer.markers, "extra": extra}) for extra in extras)


def _present(folder: Path) -> list[tuple[str, Path]]:
    return [(canonicalize_name(path.name.split("-", 1)[0]), path) for path in folder.glob("*.whl")]


def _requirements(wheel: Path) -> list[Requirement]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(
                n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1
            )
            text = archive.read(name).decode("utf-8")
        return [Requirement(line) for line in HeaderParser().parsestr(text).get_all("Requires-Dist") or []]
    except (OSError, zipfile.BadZipFile, StopIteration, UnicodeDecodeError, InvalidRequirement) as error:
        raise ReadError(
            f"{wheel.name} is not a whole wheel ({error}). Delete it and make the kit again."
        ) from error


def _pinned(pins: Sequence[str], computer: Computer) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in pins:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(computer.markers):
            found[canonicalize_name(requirement.name)] = next(iter(requirement.specifier)).version
    return found


def _source(wheels: Path | None) -> list[str]:
    return [] if wheels is None else ["--no-index", "--find-links", str(wheels)]


def _pip(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words[:1], "-q", "--disable-pip-version-check", *words[1:]],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise MissingPartError(
            f"pip could not bring every package: {_fault(done.stderr)}. Check the network and the free disk space, or name a "
            "folder of wheels with --wheels."
        )


def _fault(said: str) -> str:
    """What pip complained about, without its pages of context: the package without a match, else its last complaint."""
    unmatched = re.search(r"No matching distribution found for ([^\s(]+)", said)
    if unmatched:
        return f"there is no matching file of {unmatched[1]}"
    complaints = re.findall(r"^ *(?:ERROR|error): (.+)$", said, re.MULTILINE) or said.split("\n")[-2:-1]
    return complaints[-1].strip().rstrip(".") if complaints else "it did not say why"
