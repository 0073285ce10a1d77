"""Install ilp_lab from this folder, without a network and without administrator rights, and open it.

    Windows   double-click  start-windows.bat
    macOS     double-click  start-macos.command
    Linux     run           sh start-linux.sh

The first start installs into a folder of your own account; later starts open JupyterLab at once. Other uses:

    python install.py --check          is every file of this folder as it was made?
    python install.py --into FOLDER    install somewhere else
    python install.py --only           install, and do not open anything
"""

import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
MANIFEST = "MANIFEST.txt"
DONE = "ilp-lab-kit.stamp"


def main(words):
    """Check this folder, install from it once, open the lab; returns the exit code."""
    if "-h" in words or "--help" in words:
        print(__doc__)
        return 0
    if sys.version_info < OLDEST:
        return say("This kit needs Python 3.11 or newer; this is %s." % sys.version.split()[0])
    if "--check" in words:
        faults = altered()
        return say(damage(faults)) if faults else print("Every file is as it was made.") or 0
    into = words[words.index("--into") + 1] if "--into" in words[:-1] else own_folder()
    python = install(os.path.abspath(into))
    if python is None:
        return 1
    if "--only" in words:
        print("Installed in %s." % into)
        return 0
    return open_lab(python)


def open_lab(python):
    """Run the lab to its own end, which a Ctrl-C in the same window reaches too: it asks back; the exit code of it."""
    lab = subprocess.Popen([python, "-m", "ilp_lab", "lab"])
    while True:
        try:
            return lab.wait()
        except KeyboardInterrupt:
            continue


def install(into):
    """Install into the folder unless that was done from this very kit; returns its Python, or None after saying why not."""
    python = os.path.join(into, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    with open(os.path.join(HERE, MANIFEST), "rb") as file:
        edition = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(into, DONE)
    if os.path.exists(python) and content(stamp) == edition:
        return python
    print("Checking the files of this kit ...", flush=True)
    faults = altered()
    if faults:
        say(damage(faults))
        return None
    if os.path.isdir(into) and os.listdir(into) and not os.path.exists(os.path.join(into, "pyvenv.cfg")):
        say("%s holds other files, so it is left as it is. Choose another folder with --into." % into)
        return None
    print("Installing in %s (once, a few minutes) ..." % into, flush=True)
    try:
        import venv

        venv.create(into, with_pip=True, symlinks=os.name != "nt")
        subprocess.check_call([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index",
                               "--find-links", os.path.join(HERE, "wheels"), "--upgrade", "ilp-lab"])  # fmt: skip
    except (ImportError, OSError, subprocess.CalledProcessError) as error:
        say(
            "The installation did not come to an end (%s). Was the stick pulled out, or is the disk full? Put it right and "
            "start again; what is there already is used. This kit was made for: %s." % (error, made_for())
        )
        return None
    with open(stamp, "w") as file:
        file.write(edition)
    return python


def altered():
    """Files of the manifest that are missing or not as they were made."""
    faults = []
    for line in content(os.path.join(HERE, MANIFEST)).splitlines():
        wanted, _, name = line.partition("  ")
        digest = hashlib.sha256()
        try:
            with open(os.path.join(HERE, *name.split("/")), "rb") as file:
                for block in iter(lambda: file.read(1 << 20), b""):
                    digest.update(block)
        except OSError:
            faults.append("%s (missing)" % name)
        else:
            if digest.hexdigest() != wanted:
                faults.append("%s (changed)" % name)
    return faults


def damage(faults):
    """What is wrong with the kit, and what to do."""
    shown = ", ".join(faults[:5]) + (" and %d more" % (len(faults) - 5) if len(faults) > 5 else "")
    return "This kit is damaged: %s. Copy it again from where it came from." % shown


def own_folder():
    """A folder of the user's own account, where no administrator is needed."""
    if os.name == "nt":
        return os.path.join(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~"), "ilp_lab")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/ilp_lab")
    return os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "ilp_lab")


def made_for():
    """Which computers the kit was made for."""
    return content(os.path.join(HERE, "made-for.txt")).strip().replace("\n", "; ") or "not known"


def content(path):
    """The text of a file, or nothing."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def say(sentence):
    """Say what is wrong; the exit code of that."""
    sys.stderr.write("\n%s\n" % sentence)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
