"""Engines: the same question on DuckDB over Parquet (this computer), on PostgreSQL (a server), on Spark (a cluster)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.engine.asking import Engine as Engine
    from ilp_lab.engine.connecting import connect as connect
    from ilp_lab.engine.importing import ImportReport as ImportReport
    from ilp_lab.engine.importing import import_incidents as import_incidents
    from ilp_lab.engine.tables import Table as Table

_NAMES = {
    "Engine": "asking",
    "ImportReport": "importing",
    "Table": "tables",
    "connect": "connecting",
    "import_incidents": "importing",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
