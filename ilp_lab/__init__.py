"""An offline analyst notebook environment for intelligence-led policing.

The packages are the vocabulary: ``import ilp_lab as ilp``, then ``ilp.intake.read_incidents``,
``ilp.places.gi_star``, ``ilp.networks.chart``, ``ilp.products.ProblemProfile``. Each is loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ilp_lab import (
        boards as boards,
    )
    from ilp_lab import (
        engine as engine,
    )
    from ilp_lab import (
        errors as errors,
    )
    from ilp_lab import (
        evaluation as evaluation,
    )
    from ilp_lab import (
        intake as intake,
    )
    from ilp_lab import (
        networks as networks,
    )
    from ilp_lab import (
        places as places,
    )
    from ilp_lab import (
        products as products,
    )
    from ilp_lab import (
        reasoning as reasoning,
    )
    from ilp_lab import (
        records as records,
    )
    from ilp_lab import (
        safeguards as safeguards,
    )
    from ilp_lab import (
        samples as samples,
    )
    from ilp_lab import (
        schema as schema,
    )
    from ilp_lab import (
        tasking as tasking,
    )
    from ilp_lab import (
        threats as threats,
    )
    from ilp_lab import (
        times as times,
    )
    from ilp_lab import (
        training as training,
    )
    from ilp_lab import (
        verification as verification,
    )
    from ilp_lab import (
        views as views,
    )
    from ilp_lab import (
        widgets as widgets,
    )
    from ilp_lab.languages import language as language
    from ilp_lab.safeguards import open_case as open_case

__version__ = "0.1.0"

_PACKAGES = (
    "boards",
    "engine",
    "errors",
    "evaluation",
    "intake",
    "networks",
    "places",
    "products",
    "reasoning",
    "records",
    "safeguards",
    "samples",
    "schema",
    "tasking",
    "threats",
    "times",
    "training",
    "verification",
    "views",
    "widgets",
)

__all__ = [*_PACKAGES, "language", "open_case"]  # noqa: PLE0604  (the names are strings)


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"ilp_lab.{name}")
    if name == "open_case":
        return import_module("ilp_lab.safeguards").open_case
    if name == "language":
        return import_module("ilp_lab.languages").language
    raise AttributeError(f"ilp_lab has no {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
