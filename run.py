"""Set ilp_lab up in a folder of its own, once, and run it.

    python run.py demo          sample data to map, link chart, tables and product
    python run.py lab           JupyterLab on your copy of the notebooks
    python run.py doctor        what is wrong with this computer, and the fix
    python run.py test          every check of the project; with words behind it, only pytest with those words
    python run.py wheelhouse    fetch everything a computer without a network needs

On Windows: py run.py demo. Needs Python 3.11 or newer and nothing else. The first run makes the folder .venv beside this
file (another place: environment variable ILP_LAB_VENV) and installs into it, from the folder wheelhouse when there is one.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.abspath(os.environ.get("ILP_LAB_VENV") or os.path.join(ROOT, ".venv"))
PYTHON = (
    os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
)
WHEELS = os.path.join(ROOT, "wheelhouse")
OLDEST = (3, 11)


def main(arguments):
    """Set up what the command needs, run it, and return its exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if sys.version_info < OLDEST:
        return say(
            "ilp_lab needs Python 3.11 or newer; this is %s. Install a newer one and try again."
            % sys.version.split()[0]
        )
    command, rest = arguments[0], arguments[1:]
    if command == "wheelhouse":
        set_up("")
        return fetch_wheels()
    set_up("test" if command == "test" else "")
    if command == "test":
        job = ["-m", "pytest"] + rest if rest else [os.path.join("scripts", "check.py")]
        return subprocess.call([PYTHON] + job, cwd=ROOT)
    return subprocess.call([PYTHON, "-m", "ilp_lab"] + arguments)


def set_up(extra):
    """Make the environment and install into it, unless that was done for exactly these files."""
    stamp = os.path.join(VENV, "ilp-lab-%s.stamp" % (extra or "core"))
    wanted = fingerprint()
    if os.path.exists(PYTHON) and read(stamp) == wanted:
        return
    print("Setting up (once) in %s ..." % VENV, flush=True)
    if not os.path.exists(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        make_environment()
    source = ["--no-index", "--find-links", WHEELS] if os.path.isdir(WHEELS) else []
    target = "%s[%s]" % (ROOT, extra) if extra else ROOT
    constraints = os.path.join(ROOT, "constraints.txt")
    install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", constraints, "-e", target]
    if subprocess.call([PYTHON] + install + source) != 0:
        raise SystemExit(
            "\nThe packages could not be installed (see above). Without a network, copy the folder 'wheelhouse' that "
            "'python run.py wheelhouse' makes on another computer beside run.py, and try again."
        )
    with open(stamp, "w") as file:
        file.write(wanted)


def make_environment():
    """Make the virtual environment."""
    try:
        import venv

        venv.create(VENV, with_pip=True)
    except (ImportError, subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(
            "No virtual environment could be made in %s (%s). On Debian and Ubuntu: apt install python3-venv. "
            "Elsewhere: install Python from its own installer, or set ILP_LAB_VENV to a folder you may write in."
            % (VENV, error)
        ) from None


def fetch_wheels():
    """Download every wheel that the core and the tests need on this kind of computer."""
    job = ["-m", "pip", "download", "-q", "--disable-pip-version-check", "-d", WHEELS]
    job += ["-c", os.path.join(ROOT, "constraints.txt"), "%s[test]" % ROOT, "hatchling", "editables", "pip"]
    code = subprocess.call([PYTHON] + job)
    if code == 0:
        print("Copy this whole folder, with 'wheelhouse' in it and without '.venv', to the other computer.")
    return code


def fingerprint():
    """What an installation was made from."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def read(path):
    """The content of a file, or nothing."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def say(sentence):
    """Say what is wrong; the exit code of that."""
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
