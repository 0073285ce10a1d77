"""How tests run: repeatable made-up input, and no time limit per example on busy machines."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ilp_lab",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ilp_lab")
