"""``python -m ilp_lab`` is the ``ilp-lab`` command."""

from __future__ import annotations

import sys

from ilp_lab.cli import main

if __name__ == "__main__":
    sys.exit(main())
