"""How tests run: repeatable made-up input, no time limit per example on busy machines, fast tests first."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

_SLOW_LAST = ("contracts", "oracles", "hostile", "notebooks", "acceptance", "browser")

settings.register_profile(
    "ilp_lab",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ilp_lab")


@pytest.fixture(autouse=True)
def keys_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test signs with the keys, or writes into the progress, of whoever runs it."""
    monkeypatch.setenv("ILP_LAB_KEYS", str(tmp_path_factory.mktemp("keys")))
    monkeypatch.setenv("ILP_LAB_PROGRESS", str(tmp_path_factory.mktemp("progress")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit tests and examples first, browsers last."""

    def place(item: pytest.Item) -> int:
        kinds = [
            at for at, kind in enumerate(_SLOW_LAST, start=1) if f"tests/{kind}/" in item.path.as_posix()
        ]
        return max(kinds, default=0)

    items.sort(key=place)
