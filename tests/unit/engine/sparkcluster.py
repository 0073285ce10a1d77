"""Real Spark for the tests, on loopback, from an environment of its own: a master with two workers and a Connect server, or a Connect server alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import pytest

PYSPARK = "pyspark==4.3.0"
PLACE = "ILP_LAB_TEST_SPARK"  # a Python environment with pyspark in it; made from PyPI once when not set
OLDER = "pyspark==4.0.*"
OLDER_PLACE = "ILP_LAB_TEST_SPARK_OLDER"  # the same with a Spark that is older than the client
MINUTES = 9


@dataclass
class Cluster:
    """What runs."""

    url: str
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """At once, as when the power fails, with the executors it started."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait(30)


def environment(wanted: str = PYSPARK, variable: str = PLACE) -> Path:
    """Python of an environment with pyspark; pyspark and pyspark-client share a folder, so it is not ours."""
    if shutil.which("java") is None:
        _without("no Java on this computer (Debian package default-jre-headless)")
    given = os.environ.get(variable)
    name = wanted.replace("==", "-").replace(".*", "")
    place = Path(given) if given else Path(platformdirs.user_cache_dir("ilp_lab")) / f"test-{name}"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "ready").exists() and not given:
        try:
            venv.create(place, with_pip=True, clear=True)
            subprocess.run(
                [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", wanted, "pandas", "pyarrow", "grpcio-status", "zstandard"],
                check=True, capture_output=True, timeout=MINUTES * 60,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(place, ignore_errors=True)
            _without(
                f"no environment with {wanted} could be made within {MINUTES} minutes ({type(error).__name__}); name one in {variable}"
            )
        (place / "ready").touch()
    if not python.exists():
        _without(f"{variable} names no Python environment")
    return python


def _without(reason: str) -> None:
    pytest.skip(reason)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Programs:
    """Spark's own programs, started in a folder that is thrown away."""

    def __init__(self, python: Path) -> None:
        self.home = Path(
            subprocess.run(
                [python, "-c", "import pyspark, pathlib; print(pathlib.Path(pyspark.__file__).parent)"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
        )
        folder = Path(tempfile.mkdtemp(prefix="ilp-spark-"))
        self.told = {
            **os.environ, "SPARK_HOME": str(self.home), "PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
            "SPARK_WORKER_DIR": str(folder / "work"), "SPARK_LOCAL_DIRS": str(folder / "local"), "SPARK_LOG_DIR": str(folder), "PYTHONPATH": "",
        }  # fmt: skip
        self.told.pop("SPARK_REMOTE", None)
        self.made = Cluster("", folder)

    def start(self, name: str, *command: str) -> None:
        with (self.made.folder / f"{name}.log").open("wb") as log:
            self.made.processes[name] = subprocess.Popen(
                [str(self.home / "bin" / command[0]), *command[1:]],
                env=self.told,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.made.folder,
            )

    def connect_server(self, master: str, more: Mapping[str, str]) -> None:
        port = _port()
        self.made.url = f"sc://127.0.0.1:{port}"
        settings = {
            "spark.connect.grpc.binding.port": str(port), "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.executor.memory": "700m", "spark.executor.cores": "1", "spark.driver.memory": "800m", "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "4", "spark.sql.warehouse.dir": str(self.made.folder / "warehouse"),
            "spark.sql.catalogImplementation": "in-memory", "spark.task.maxFailures": "8", **more,
        }  # fmt: skip
        self.start(
            "connect", "spark-submit", "--master", master, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            *[part for name, value in settings.items() for part in ("--conf", f"{name}={value}")], "spark-internal",
        )  # fmt: skip
        _wait_for(port, self.made, "connect")

    def end(self) -> None:
        for process in self.made.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
        shutil.rmtree(self.made.folder, ignore_errors=True)


@contextmanager
def cluster(more: Mapping[str, str] | None = None, *, memory_mb: int = 700) -> Iterator[Cluster]:
    """A master, two workers and a Connect server, started and stopped with the block; ``more`` are settings of Spark."""
    pytest.importorskip("pyspark", reason="no Spark client here (pip install 'ilp-lab[spark]')")
    programs, master = _Programs(environment()), _port()
    made = programs.made
    try:
        programs.start(
            "master", "spark-class", "org.apache.spark.deploy.master.Master", "-h", "127.0.0.1", "-p", str(master), "--webui-port", "0"
        )  # fmt: skip
        _wait_for(master, made, "master")
        for name in ("worker1", "worker2"):
            programs.start(
                name, "spark-class", "org.apache.spark.deploy.worker.Worker", "-h", "127.0.0.1", "-c", "1", "-m", f"{memory_mb + 200}m",
                "--webui-port", "0", f"spark://127.0.0.1:{master}",
            )  # fmt: skip
        programs.connect_server(
            f"spark://127.0.0.1:{master}", {"spark.executor.memory": f"{memory_mb}m", **(more or {})}
        )
        yield made
    finally:
        programs.end()


@contextmanager
def lone_server(
    python: Path | None = None, more: Mapping[str, str] | None = None, told: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A Connect server without workers, of this Spark or that of another environment."""
    pytest.importorskip("pyspark", reason="no Spark client here (pip install 'ilp-lab[spark]')")
    programs = _Programs(python or environment())
    programs.told.update(told or {})
    try:
        programs.connect_server("local[1]", more or {})
        yield programs.made
    finally:
        programs.end()


def _wait_for(port: int, made: Cluster, name: str) -> None:
    for _ in range(1_800):
        if made.processes[name].poll() is not None:
            pytest.fail(
                f"{name} of the Spark cluster ended: {(made.folder / f'{name}.log').read_text()[-1500:]}"
            )
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    pytest.fail(f"{name} of the Spark cluster did not start within three minutes")
