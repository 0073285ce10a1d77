"""Every check of the project, fast ones first; CI runs exactly this. Three processes of tests keep two processors busy.

python scripts/check.py            all of them
python scripts/check.py types      one, or several, by name

Before tests, loops and tests are compiled beside the other checks: three processes would each compile the same ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
LAYERS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
LOOPS = "from ilp_lab._compiled import warm; [*warm()]"
READY = {"loops": ["-c", LOOPS], "collected": ["-m", "pytest", "--collect-only", "-qq"]}
CHECKS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "types": ["-m", "mypy"],
    "layers": ["-c", LAYERS],
    "notebooks": ["-m", "ilp_lab", "notebooks", "check"],
    "lessons": ["-m", "ilp_lab", "training", "check"],
    "tests": ["-m", "pytest", "-n", "3", "--dist", "loadfile", "--durations", "25"],
}


def main(names: list[str]) -> int:
    """Run the named checks, or all; returns 1 when one failed. pytest's own closing line stays the last."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"No check is called {', '.join(unknown)}; there are: {', '.join(CHECKS)}.")
        return 2
    # hundreds of processes would each compile the library again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    failed = []
    ready = [_beside(job) for job in READY.values()] if "tests" in (names or CHECKS) else []
    for name in names or CHECKS:
        print(f"--- {name}", flush=True)
        began = perf_counter()
        if name == "tests":
            for job in ready:
                job.wait()
        if subprocess.call([sys.executable, *CHECKS[name]], cwd=ROOT) != 0:
            failed.append(name)
        elif name != "tests":
            print(f"    fine after {perf_counter() - began:.0f} s", flush=True)
    if set(failed) - {"tests"}:
        print(f"Failed: {', '.join(failed)}. Run one alone with: python scripts/check.py {failed[0]}")
    return 1 if failed else 0


def _beside(job: list[str]) -> subprocess.Popen[bytes]:
    """Start a job that only saves time; tests do its work, and tell its faults, where it fails."""
    return subprocess.Popen(
        [sys.executable, *job], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
