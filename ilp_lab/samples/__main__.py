"""Write a sample set: ``python -m ilp_lab.samples belmara sample_data/belmara``."""

from __future__ import annotations

import argparse
import sys

from ilp_lab.errors import IlpError
from ilp_lab.samples.belmara import SEED, write_belmara


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ilp_lab.samples", description="Write a set of sample data."
    )
    parser.add_argument("set", choices=["belmara"], help="which set")
    parser.add_argument("folder", help="where to write it")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed gives another country")
    given = parser.parse_args(arguments)
    try:
        folder = write_belmara(given.folder, seed=given.seed)
    except IlpError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"The set {given.set} is in {folder}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
