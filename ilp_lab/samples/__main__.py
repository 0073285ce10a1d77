"""Write a sample set: ``python -m ilp_lab.samples belmara-complete FOLDER``."""

from __future__ import annotations

import argparse
import sys

from ilp_lab.errors import IlpError
from ilp_lab.samples.belmara import SEED, write_belmara
from ilp_lab.samples.whole.ground import REGIONS
from ilp_lab.samples.whole.keeping import write_complete
from ilp_lab.samples.whole.regions import partial_view


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ilp_lab.samples", description="Write a set of sample data."
    )
    parser.add_argument("set", choices=["belmara", "belmara-complete"], help="which set")
    parser.add_argument("folder", help="where to write it")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed gives another country")
    parser.add_argument("--null", action="store_true", help="the complete set with nothing planted")
    parser.add_argument(
        "--views",
        action="store_true",
        help="also what each of the four regions alone holds, in folders of their names",
    )
    given = parser.parse_args(arguments)
    if given.set == "belmara" and (given.null or given.views):
        parser.error("--null and --views go with belmara-complete")
    try:
        if given.set == "belmara":
            folder = write_belmara(given.folder, seed=given.seed)
        else:
            folder = write_complete(given.folder, seed=given.seed, null=given.null)
            for region in REGIONS if given.views else ():
                partial_view(region, folder / "views" / region.lower(), of=folder)
    except IlpError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"The set {given.set} is in {folder}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
