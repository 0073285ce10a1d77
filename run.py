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
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.abspath(os.environ.get("ILP_LAB_VENV") or os.path.join(ROOT, ".venv"))
PYTHON = (
    os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
)
WHEELS = os.path.join(ROOT, "wheelhouse")
OLDEST = (3, 11)
QUICK_PIP = 25


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
        make_environment()
        return fetch_wheels()
    set_up("test" if command == "test" else "")
    if command == "test":
        job = ["-m", "pytest"] + rest if rest else [os.path.join("scripts", "check.py")]
        return hand_over([PYTHON] + job, ROOT)
    return hand_over([PYTHON, "-m", "ilp_lab"] + arguments, None)


def set_up(extra):
    """Make the environment and install into it, unless that was done for exactly these files."""
    stamp = os.path.join(VENV, "ilp-lab-%s.stamp" % (extra or "core"))
    cut_off = os.path.join(VENV, "ilp-lab-unfinished.stamp")
    wanted = fingerprint()
    if os.path.exists(PYTHON) and read(stamp) == wanted and not os.path.exists(cut_off):
        return
    print("Setting up (once) in %s ..." % VENV, flush=True)
    make_environment()
    target = "%s[%s]" % (ROOT, extra) if extra else ROOT
    constraints = os.path.join(ROOT, "constraints.txt")
    # what is never imported need not be compiled; the rest is when it is first needed
    install = ["--no-compile", "-c", constraints, "-e", target]
    if os.path.exists(cut_off):
        install += ["--ignore-installed"]  # what was killed half-way can look complete
    write(cut_off, wanted)
    renew_pip()
    code = subprocess.call(pip_install(install))
    os.remove(cut_off)
    if code != 0:
        raise SystemExit("\nThe packages could not be installed (see above). " + remedy())
    write(stamp, wanted)


def pip_install(what):
    """The command that installs something, from the folder of wheels when there is one."""
    command = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"] + what
    return command + (["--no-index", "--find-links", WHEELS] if os.path.isdir(WHEELS) else [])


def renew_pip():
    """Ask for a newer pip than Python brought along: it takes half the time. Without one, the old one will do."""
    if 0 < version_of_pip() < QUICK_PIP:
        wish = ["--retries", "0", "-U", "pip>=%d" % QUICK_PIP]
        subprocess.call(pip_install(wish), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def version_of_pip():
    """The number before the first point; 0 when it does not say."""
    try:
        said = subprocess.check_output([PYTHON, "-m", "pip", "--version"], stderr=subprocess.DEVNULL)
        return int(said.decode().split()[1].split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return 0


def remedy():
    """What helps against a failed installation."""
    if os.path.isdir(WHEELS):
        return (
            "They were looked for only in %s. Make that folder again, with 'python run.py wheelhouse' on a computer "
            "with a network, the same system and Python %d.%d; or take it away to install over the network."
            % (WHEELS, sys.version_info[0], sys.version_info[1])
        )
    return (
        "Without a network, copy the folder 'wheelhouse' that 'python run.py wheelhouse' makes on another computer "
        "beside run.py, and try again."
    )


def make_environment():
    """Make the virtual environment, or mend one that has no pip; delete nothing that is not one."""
    try:
        if not os.path.exists(PYTHON):
            import venv

            if os.path.isdir(VENV) and os.listdir(VENV) and not os.path.exists(config()):
                raise SystemExit(
                    "%s holds files and is not a Python environment, so it is left as it is. "
                    "Name an empty or a new folder in ILP_LAB_VENV." % VENV
                )
            venv.create(VENV, clear=os.path.isdir(VENV), symlinks=os.name != "nt")
        if subprocess.call(
            [PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ):
            subprocess.check_output([PYTHON, "-m", "ensurepip"], stderr=subprocess.STDOUT)
    except (ImportError, subprocess.CalledProcessError, OSError) as error:
        raise SystemExit(
            "No virtual environment could be made in %s (%s). On Debian and Ubuntu: apt install python3-venv. "
            "Elsewhere: install Python from its own installer, or set ILP_LAB_VENV to a folder you may write in."
            % (VENV, error)
        ) from None


def config():
    """The file that makes a folder a Python environment."""
    return os.path.join(VENV, "pyvenv.cfg")


def fetch_wheels():
    """Download every wheel that the core and the tests need on this kind of computer; all of them or no folder."""
    partial = os.path.join(VENV, "wheelhouse")
    job = ["-m", "pip", "download", "-q", "--disable-pip-version-check", "-d", partial]
    job += ["-c", os.path.join(ROOT, "constraints.txt"), "%s[test]" % ROOT, "hatchling", "editables", "pip"]
    code = subprocess.call([PYTHON] + job)
    if code != 0:
        return say("\nNot everything could be fetched (see above); what is there is kept for the next try.")
    shutil.rmtree(WHEELS, ignore_errors=True)
    shutil.move(partial, WHEELS)
    print("Copy this whole folder, with 'wheelhouse' in it and without '.venv', to the other computer.")
    return 0


def hand_over(command, folder):
    """Run a program to its own end, which a Ctrl-C in the same terminal reaches too; the exit code of it."""
    child = subprocess.Popen(command, cwd=folder)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            continue
        if code in (-9, -11):
            say(
                "The program was ended from outside, or this computer ran out of memory (signal %d). What it was writing is "
                "whole or not there. Close other programs and try again; 'python run.py doctor' says what is free."
                % -code
            )
        return 128 - code if code < 0 else code


def fingerprint():
    """What an installation was made from, and for which place: a moved folder is installed again."""
    digest = hashlib.sha256((sys.version + ROOT).encode("utf-8", "surrogateescape"))
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


def write(path, text):
    """Write a file."""
    with open(path, "w") as file:
        file.write(text)


def say(sentence):
    """Say what is wrong; the exit code of that."""
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(say("ilp_lab could not be set up in %s: %s" % (VENV, error)))
