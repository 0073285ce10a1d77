"""Every error and warning of the library.

::

    Exception
    └── IlpError                    anything this library refuses to do; the text says what to do instead
        ├── InputError              (also ValueError) what was given does not fit
        │   ├── ColumnError         a table lacks a column, or a column holds the wrong thing
        │   ├── CRSError            places have no, or no usable, coordinate reference system
        │   ├── FormError           a record lacks a mandatory field, or a field holds what its form does not allow
        │   └── AmbiguousError      the data allows two readings; a person must choose
        ├── ReadError               (also OSError) a file cannot be opened, or is not what it says
        ├── WriteError              (also OSError) a file cannot be written; nothing half-written is left
        ├── StoreError              the case store cannot be used: locked, read-only, full, damaged, of another version
        │   └── StaleError          somebody else changed the record meanwhile
        ├── EngineError         an engine (database, cluster) cannot be reached, refuses, or fails
        ├── MissingPartError        an optional part (package, browser, data) is not on this machine
        └── SafeguardError          a safeguard says no
            ├── NoCaseError         releasing needs an open case
            ├── HandlingError       a handling code forbids it, or is not known
            └── AuditError          the audit log was altered or cannot be written
    Warning
    └── IlpWarning                  (also UserWarning) it worked, but a person should know
"""

from __future__ import annotations


class IlpError(Exception):
    """Anything this library refuses to do."""


class InputError(IlpError, ValueError):
    """What was given does not fit."""


class ColumnError(InputError):
    """A table lacks a column, or a column holds the wrong thing."""


class CRSError(InputError):
    """Places have no, or no usable, coordinate reference system."""


class FormError(InputError):
    """A record lacks a mandatory field, or a field holds what its form does not allow."""


class AmbiguousError(InputError):
    """The data allows two readings and a person must choose."""


class ReadError(IlpError, OSError):
    """A file cannot be opened, or is not what it says it is."""


class WriteError(IlpError, OSError):
    """A file cannot be written; nothing half-written is left behind."""


class StoreError(IlpError):
    """The case store cannot be used: it is locked, read-only, full, damaged, or of another version."""


class StaleError(StoreError):
    """Somebody else changed the record meanwhile; read it again, then decide."""


class EngineError(IlpError):
    """An engine (a database, a cluster) cannot be reached, refuses, or fails."""


class MissingPartError(IlpError):
    """An optional part (package, browser, data) is not on this machine."""


class SafeguardError(IlpError):
    """A safeguard says no."""


class NoCaseError(SafeguardError):
    """Releasing needs an open case."""


class HandlingError(SafeguardError):
    """A handling code forbids it, or is not known."""


class AuditError(SafeguardError):
    """The audit log was altered or cannot be written."""


class IlpWarning(UserWarning):
    """It worked, but a person should know."""
