"""``ilp-lab doctor``: what is wrong with this machine, and the fix."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ilp_lab.cli.screen import echo
from ilp_lab.errors import IlpError

_GIB = 1024**3
_BROWSERS = ("msedge", "chrome", "google-chrome", "chromium", "chromium-browser", "firefox", "safari")
_WINDOWS_BROWSERS = (
    r"Microsoft\Edge\Application\msedge.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Mozilla Firefox\firefox.exe",
)
Grade = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: ``bad`` has to be mended, ``note`` is worth knowing."""

    about: str
    grade: Grade
    said: str
    fix: str = ""


def run() -> int:
    """Print every finding; returns 1 when something has to be mended."""
    found = list(examine())
    marks = {"good": "ok  ", "note": "note", "bad": "BAD "}
    for finding in found:
        echo(f"{marks[finding.grade]}  {finding.about}: {finding.said}")
        if finding.fix:
            echo(f"      {finding.fix}")
    bad = sum(finding.grade == "bad" for finding in found)
    echo("\nThis machine is ready." if not bad else f"\n{bad} things to mend, marked BAD above.")
    return 1 if bad else 0


def examine() -> Iterator[Finding]:
    """Run every check; a check that fails itself is a finding too."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("Python", _python),
        ("packages", _packages),
        ("assets", _assets),
        ("fonts", _fonts),
        ("browser", _browser),
        ("kernel", _kernel),
        ("compiled loops", _compiled),
        ("shipped files", _shipped),
        ("write access", _writing),
        ("memory", _memory),
        ("disk", _disk),
    )
    for about, check in checks:
        try:
            yield check()
        except Exception as error:  # noqa: BLE001  (a doctor must finish the round)
            yield Finding(
                about, "bad", f"could not be checked ({type(error).__name__}: {error}).", "Install again."
            )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "good", f"{version} on {sys.platform}")


def _packages() -> Finding:
    from packaging.requirements import Requirement

    missing, old = [], []
    wanted = importlib.metadata.requires("ilp-lab") or []
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            have = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(requirement.name)
            continue
        if not requirement.specifier.contains(have, prereleases=True):
            old.append(f"{requirement.name} {have} (needs {requirement.specifier})")
    if missing or old:
        said = "; ".join(filter(None, [f"missing: {', '.join(missing)}" * bool(missing), ", ".join(old)]))
        return Finding("packages", "bad", said, "Install again: pip install -c constraints.txt -e .")
    return Finding("packages", "good", f"{len(wanted)} requirements are met")


def _assets() -> Finding:
    from ilp_lab.views import assets

    faults = assets.verify()
    if faults:
        return Finding(
            "assets",
            "bad",
            "; ".join(faults),
            "Install the pinned versions: pip install -c constraints.txt -e .",
        )
    return Finding("assets", "good", "map and chart scripts are here, in the versions that were tested")


def _fonts() -> Finding:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    path = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    known = FT2Font(path).get_charmap()
    lacking = [mark for mark in "ЖђїΩćş" if ord(mark) not in known]
    if lacking:
        return Finding(
            "fonts", "bad", f"{path} cannot write {' '.join(lacking)}.", "Install matplotlib again."
        )
    return Finding("fonts", "good", "figures can be written in Latin, Cyrillic and Greek script")


def _browser() -> Finding:
    found = [name for name in _BROWSERS if shutil.which(name)]
    for root in filter(None, (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)"))):
        found += [Path(root, name).stem for name in _WINDOWS_BROWSERS if Path(root, name).exists()]
    if sys.platform == "darwin" and Path("/Applications/Safari.app").exists():
        found.append("Safari")
    if not found:
        fix = "Install Edge, Chrome, Chromium or Firefox; JupyterLab opens in it."
        return Finding("browser", "note", "none was found where they usually are.", fix)
    return Finding("browser", "good", ", ".join(dict.fromkeys(found)))


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager

    if "python3" not in KernelSpecManager().find_kernel_specs():
        return Finding(
            "kernel", "bad", "JupyterLab has no Python kernel.", "Run: python -m ipykernel install --user"
        )
    transport = "TCP on this machine" if os.name == "nt" else "files of this account (ipc)"
    return Finding("kernel", "good", f"python3, reached over {transport}")


def _compiled() -> Finding:
    from ilp_lab._compiled import kernels

    cold = [kernel.name for kernel in kernels() if not kernel.ready]
    if cold:
        fix = "Compile them now, once for this computer: ilp-lab doctor --warm"
        return Finding("compiled loops", "note", f"{len(cold)} will be compiled when first used.", fix)
    return Finding("compiled loops", "good", "all were compiled for this computer")


def warm_up() -> None:
    """Compile every loop that would otherwise be compiled when first used."""
    from tqdm import tqdm

    from ilp_lab._compiled import kernels, warm

    done = sum(1 for _ in tqdm(warm(), total=len(kernels()), desc="compiling", unit="loop", leave=False))
    echo(f"{done} loops are compiled for this computer.")


def _shipped() -> Finding:
    from ilp_lab.cli.shipped import notebooks_folder
    from ilp_lab.samples import path
    from ilp_lab.training.editions import lessons_folder

    try:
        count = len(list(notebooks_folder().glob("*.ipynb")))
        lessons = len(list((lessons_folder() / "student").glob("M*.ipynb")))
        path("belmara/incidents.csv")
    except IlpError as error:
        return Finding("shipped files", "bad", str(error), "Install ilp_lab again.")
    said = f"{count} notebooks, {lessons} lessons and the sample data of Belmara"
    if not count or not lessons:
        return Finding("shipped files", "bad", f"only {said}", "Install ilp_lab again.")
    return Finding("shipped files", "good", said)


def _writing() -> Finding:
    import platformdirs

    refused = []
    for place in (Path(platformdirs.user_documents_dir()), Path(tempfile.gettempdir())):
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place, prefix="ilp-lab-"):
                pass
        except OSError as error:
            refused.append(f"{place} ({error.strerror})")
    if refused:
        fix = "Choose folders you may write in: ilp-lab lab --folder ..., and the environment variable TMPDIR or TEMP."
        return Finding("write access", "bad", f"no writing in {', '.join(refused)}", fix)
    return Finding("write access", "good", "documents and temporary folder")


def _memory() -> Finding:
    import psutil

    memory = psutil.virtual_memory()
    said = f"{memory.available / _GIB:.1f} of {memory.total / _GIB:.1f} GiB free"
    if memory.available < 1 * _GIB:
        return Finding("memory", "bad", said, "Close other programs; a million incidents want about 1 GiB.")
    return Finding("memory", "note" if memory.available < 2 * _GIB else "good", said)


def _disk() -> Finding:
    free = shutil.disk_usage(Path.home()).free / _GIB
    if free < 0.5:
        return Finding("disk", "bad", f"{free:.1f} GiB free", "Free at least 1 GiB.")
    return Finding("disk", "good", f"{free:.0f} GiB free")
