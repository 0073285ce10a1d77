"""Keys: who signs, whom we trust, and the secrets that pseudonyms are made with; all kept outside the case folders.

They lie in the user's configuration folder (or in the folder named by ``ILP_LAB_KEYS``), never beside the data they
protect, so that a copied case folder neither signs nor tells whom a pseudonym stands for.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._homefolder import at_home
from ilp_lab.errors import InputError, ReadError, SafeguardError
from ilp_lab.safeguards.writing import write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LINE = "ilp-lab-ed25519"
_TRUSTED = "trusted.json"
_MOST_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a unit's key: what others need to check its signature.

    Attributes
    ----------
    name
        The unit, as others know it.
    raw
        The 32 bytes of the Ed25519 key.
    """

    name: str
    raw: bytes

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits to compare by telephone."""
        import hashlib

        digest = hashlib.sha256(self.raw).hexdigest()[:16]
        return " ".join(digest[at : at + 4] for at in range(0, 16, 4))

    def line(self) -> str:
        """The key as one line of text, to hand to those who shall trust it."""
        return f"{_LINE} {base64.b64encode(self.raw).decode()} {self.name}"

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Whether ``signature`` was made over ``content`` with the private half."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


def make_key(name: str, *, passphrase: str | None = None) -> PublicKey:
    """Make the signing key of a unit on this computer.

    Parameters
    ----------
    name
        The unit, as others shall know it, such as ``"belmara/selin"``.
    passphrase
        Protects the private half on the disk; asked for again at every signature.

    Returns
    -------
    PublicKey
        Hand its :meth:`PublicKey.line` to those who shall trust it, and compare the fingerprint by telephone.

    Raises
    ------
    InputError
        When the name does not fit, or the unit has a key already: replacing one is a decision, so move the old file first.

    Examples
    --------
    >>> make_key("belmara/selin").line()[:16]
    'ilp-lab-ed25519 '
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    file = _file(name, "safeguards.make_key")
    if file.exists():
        raise InputError(
            f"safeguards.make_key: {name!r} has a key already, in {file}. Move that file away first if it is to be replaced; "
            "packages it signed can then only be checked with its old public key."
        )
    private = Ed25519PrivateKey.generate()
    hidden = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    _write_secret(
        file,
        private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden),
    )
    public = _public(name, private)
    trust(public.line())
    return public


def public_key(name: str, *, passphrase: str | None = None) -> PublicKey:
    """The public half of a unit's key on this computer.

    Examples
    --------
    >>> made = make_key("selin")
    >>> public_key("selin") == made
    True
    """
    return _public(name, private_key(name, passphrase=passphrase))


def private_key(name: str, *, passphrase: str | None = None) -> Ed25519PrivateKey:
    """The private half of a unit's key on this computer.

    Raises
    ------
    InputError
        When there is none, or the passphrase is missing or wrong.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    file = _file(name, "safeguards")
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"There is no key of {name!r} on this computer; make one with ilp.safeguards.make_key({name!r})."
        ) from None
    except OSError as error:
        raise ReadError(f"The key {file} cannot be read: {error.strerror or error}.") from error
    try:
        key = serialization.load_pem_private_key(content, passphrase.encode() if passphrase else None)
    except TypeError:
        needs = (
            "is protected; give passphrase=" if not passphrase else "has no passphrase; leave passphrase= out"
        )
        raise InputError(f"The key of {name!r} {needs}.") from None
    except ValueError:
        raise InputError(f"The key of {name!r} cannot be opened: the passphrase is wrong, or {file} is damaged.") from None  # fmt: skip
    if not isinstance(key, Ed25519PrivateKey):
        raise ReadError(f"The key {file} is of another kind; this library signs with Ed25519.")
    return key


def trust(line: str) -> PublicKey:
    """Trust a unit's public key from now on.

    Compare the fingerprint with the unit by telephone before you do.

    Parameters
    ----------
    line
        What :meth:`PublicKey.line` gave.

    Raises
    ------
    InputError
        When the line is no such key.
    SafeguardError
        When another key of that name is trusted: the unit must say that it changed.

    Examples
    --------
    >>> trust("ilp-lab-ed25519 " + "A" * 43 + "= dovar").name
    'dovar'
    """
    key = read_line(line)
    known = trusted()
    if key.name in known and known[key.name].raw != key.raw:
        raise SafeguardError(
            f"Another key of {key.name!r} is trusted (fingerprint {known[key.name].fingerprint}); this one has {key.fingerprint}. "
            f"Ask the unit by telephone. If it changed its key: ilp.safeguards.distrust({key.name!r}), then trust the new one."
        )
    _write_trusted({**known, key.name: key})
    return key


def distrust(name: str) -> None:
    """Trust a unit's key no longer.

    Examples
    --------
    >>> made = make_key("selin")
    >>> distrust("selin")
    >>> trusted()
    {}
    """
    known = trusted()
    if name not in known:
        raise InputError(f"No key of {name!r} is trusted; trusted are {', '.join(known) or 'none'}.")
    _write_trusted({unit: key for unit, key in known.items() if unit != name})


def trusted() -> dict[str, PublicKey]:
    """Whose signatures are accepted on this computer: name to public key.

    Examples
    --------
    >>> trusted()
    {}
    """
    file = folder() / _TRUSTED
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        keys = [read_line(str(line)) for line in content["keys"]]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(f"The list of trusted keys {file} cannot be used ({type(error).__name__}); restore it from a copy.") from error  # fmt: skip
    return {key.name: key for key in keys}


def read_line(line: str) -> PublicKey:
    """A public key from its line of text; raises InputError when it is none."""
    kind, coded, name = [*str(line).strip().split(" ", 2), "", "", ""][:3]
    try:
        raw = base64.b64decode(coded, validate=True)
    except ValueError:
        raw = b""
    if kind != _LINE or len(raw) != 32:
        raise InputError(
            f"This is no public key of ilp_lab; a line such as '{_LINE} … unit' was expected, got {str(line)[:40]!r}."
        )
    _check_name(name, "safeguards.trust")
    return PublicKey(name, raw)


def secret(purpose: str) -> bytes:
    """32 secret bytes for a purpose, made when first asked for; what pseudonyms hang on."""
    import hashlib

    file = folder() / "secrets" / f"{hashlib.sha256(purpose.encode()).hexdigest()[:32]}.key"
    try:
        held = file.read_bytes()
    except FileNotFoundError:
        held = secrets.token_bytes(32)
        _write_secret(file, held)
    except OSError as error:
        raise ReadError(f"The secret {file} cannot be read: {error.strerror or error}.") from error
    if len(held) != 32:
        raise ReadError(f"The secret {file} is damaged; pseudonyms made with it cannot be made again. Restore it from a copy.")  # fmt: skip
    return held


def folder() -> Path:
    """Where keys are kept."""
    named = os.environ.get("ILP_LAB_KEYS")
    if named:
        return at_home(named)
    import platformdirs

    return Path(platformdirs.user_config_dir("ilp-lab", appauthor=False)) / "keys"


def _file(name: str, caller: str) -> Path:
    import hashlib

    _check_name(name, caller)
    kept = "".join(mark if mark.isascii() and mark.isalnum() else "-" for mark in name)
    return folder() / f"{kept}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.pem"


def _check_name(name: Any, caller: str) -> None:
    check = Check(caller)
    text = name if isinstance(name, str) else ""
    if not text.strip() or len(text) > _MOST_CHARACTERS or not text.isprintable() or text != text.strip():
        check.add(
            f"the name of a unit must be 1 to {_MOST_CHARACTERS} characters that can be read; got {name!r:.80}."
        )
    check.done()


def _public(name: str, private: Ed25519PrivateKey) -> PublicKey:
    from cryptography.hazmat.primitives import serialization

    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return PublicKey(name, raw)


def _write_trusted(keys: dict[str, PublicKey]) -> None:
    content = json.dumps({"keys": [key.line() for key in keys.values()]}, indent=1, ensure_ascii=False)
    write_atomically(folder() / _TRUSTED, content.encode())


def _write_secret(file: Path, content: bytes) -> None:
    """For this account's eyes only, where the platform knows such a thing."""
    write_atomically(file, content)
    if os.name != "nt":
        file.chmod(0o600)
        file.parent.chmod(0o700)
