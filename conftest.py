"""How tests run: repeatable made-up input, no time limit per example on busy machines, fast tests first."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_SLOW_LAST = ("contracts", "oracles", "hostile", "notebooks", "acceptance", "browser")

settings.register_profile(
    "ilp_lab",
    deadline=None,
    derandomize=True,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ilp_lab")


@pytest.fixture(autouse=True)
def keys_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test signs with the keys, or writes into the progress, of whoever runs it."""
    monkeypatch.setenv("ILP_LAB_KEYS", str(tmp_path_factory.mktemp("keys")))
    monkeypatch.setenv("ILP_LAB_PROGRESS", str(tmp_path_factory.mktemp("progress")))


@pytest.fixture(autouse=True, scope="session")
def samples_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The complete set is made once for all tests, and not kept for whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        if "ILP_LAB_SAMPLES" not in os.environ:
            patch.setenv("ILP_LAB_SAMPLES", str(tmp_path_factory.mktemp("samples")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit tests and examples first, browsers last."""

    def place(item: pytest.Item) -> int:
        kinds = [
            at for at, kind in enumerate(_SLOW_LAST, start=1) if f"tests/{kind}/" in item.path.as_posix()
        ]
        return max(kinds, default=0)

    items.sort(key=place)
    if os.environ.get("ILP_LAB_EXAMPLES") != "all":
        for item in items:
            _with_fewer_examples(item)


def _with_fewer_examples(item: pytest.Item) -> None:
    """Made-up inputs are the same every time, so two of five are tried on every change; ILP_LAB_EXAMPLES=all tries them all."""
    test = getattr(item, "obj", None)
    given = getattr(test, "_hypothesis_internal_use_settings", None)
    if given is not None and not getattr(test, "with_fewer_examples", False):
        fewer = max(min(given.max_examples, 3), given.max_examples * 2 // 5)
        test._hypothesis_internal_use_settings = settings(given, max_examples=fewer)  # noqa: SLF001  (no public way)
        test.with_fewer_examples = True  # items of one test share it
