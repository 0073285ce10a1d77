"""A real Spark cluster for the tests: a master, two workers and a Connect server on loopback, from an environment of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import pytest

PYSPARK = "pyspark==4.3.0"
PLACE = "ILP_LAB_TEST_SPARK"  # a Python environment with pyspark in it; made from PyPI once when not set


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


def environment() -> Path:
    """Python of an environment with pyspark; pyspark and pyspark-client share a folder, so it is not ours."""
    if shutil.which("java") is None:
        _without("no Java on this computer (Debian package default-jre-headless)")
    given = os.environ.get(PLACE)
    place = (
        Path(given)
        if given
        else Path(platformdirs.user_cache_dir("ilp_lab")) / f"test-{PYSPARK.replace('==', '-')}"
    )
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "ready").exists() and not given:
        try:
            venv.create(place, with_pip=True, clear=True)
            subprocess.run(
                [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", PYSPARK, "pandas", "pyarrow", "grpcio-status", "zstandard"],
                check=True, capture_output=True, timeout=540,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(place, ignore_errors=True)
            _without(
                f"no environment with {PYSPARK} could be made ({type(error).__name__}); name one in {PLACE}"
            )
        (place / "ready").touch()
    if not python.exists():
        _without(f"{PLACE} names no Python environment")
    return python


def _without(reason: str) -> None:
    pytest.skip(reason)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Started and stopped with the block."""
    pytest.importorskip("pyspark", reason="no Spark client here (pip install 'ilp-lab[spark]')")
    python = environment()
    home = subprocess.run(
        [python, "-c", "import pyspark, pathlib; print(pathlib.Path(pyspark.__file__).parent)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    folder = Path(tempfile.mkdtemp(prefix="ilp-spark-"))
    told = {
        **os.environ, "SPARK_HOME": home, "PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
        "SPARK_WORKER_DIR": str(folder / "work"), "SPARK_LOCAL_DIRS": str(folder / "local"), "SPARK_LOG_DIR": str(folder), "PYTHONPATH": "",
    }  # fmt: skip
    told.pop("SPARK_REMOTE", None)
    master, connect = _port(), _port()
    made = Cluster(f"sc://127.0.0.1:{connect}", folder)

    def start(name: str, *command: str) -> None:
        with (folder / f"{name}.log").open("wb") as log:
            made.processes[name] = subprocess.Popen(
                [str(Path(home) / "bin" / command[0]), *command[1:]],
                env=told,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=folder,
            )

    try:
        start(
            "master",
            "spark-class",
            "org.apache.spark.deploy.master.Master",
            "-h",
            "127.0.0.1",
            "-p",
            str(master),
            "--webui-port",
            "0",
        )
        _wait_for(master, made, "master")
        for name in ("worker1", "worker2"):
            start(name, "spark-class", "org.apache.spark.deploy.worker.Worker", "-h", "127.0.0.1", "-c", "1", "-m", "900m", "--webui-port", "0",
                  f"spark://127.0.0.1:{master}")  # fmt: skip
        settings = {
            "spark.connect.grpc.binding.port": str(connect), "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.executor.memory": "700m", "spark.executor.cores": "1", "spark.driver.memory": "800m", "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "4", "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.sql.catalogImplementation": "in-memory", "spark.task.maxFailures": "8",
        }  # fmt: skip
        start(
            "connect", "spark-submit", "--master", f"spark://127.0.0.1:{master}", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            *[part for name, value in settings.items() for part in ("--conf", f"{name}={value}")], "spark-internal",
        )  # fmt: skip
        _wait_for(connect, made, "connect")
        yield made
    finally:
        for process in made.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, made: Cluster, name: str) -> None:
    for _ in range(900):
        if made.processes[name].poll() is not None:
            pytest.fail(
                f"{name} of the Spark cluster ended: {(made.folder / f'{name}.log').read_text()[-1500:]}"
            )
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    pytest.fail(f"{name} of the Spark cluster did not start within 90 seconds")
