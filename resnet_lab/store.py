"""Files that a killed run cannot harm: a folder held by one process, texts replaced in one step, checked results."""

import fcntl
import hashlib
import json
import os
import sys
from contextlib import contextmanager, suppress

ADVICE = {"No space left on device": "free some space", "File too large": "free some space or raise the limit",
          "Disk quota exceeded": "free some space"}  # fmt: skip


@contextmanager
def alone(folder):
    """Hold `folder` for this process; a second one says that it waits. The system lets go when a process dies."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "w")
    except OSError as error:
        raise ValueError(f"cannot write to {folder} ({error.strerror}): free this path or make it writable") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another run is writing to {folder}; waiting for it to end", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path, text):
    """Replace a file's text in one step: an interrupted run leaves the old text, never half of the new."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        _sweep(path)
        with open(partial, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # before the name moves: a power cut may otherwise leave an empty file behind it
        partial.replace(path)
    except OSError as error:
        advice = ADVICE.get(error.strerror, "make its folder writable")
        raise ValueError(f"cannot write {path} ({error.strerror}): {advice}") from None
    finally:
        partial.unlink(missing_ok=True)


def _sweep(path):
    """Remove what killed writers of `path` left."""
    for rest in path.parent.glob(f"{path.name}.*.partial"):
        process = rest.suffixes[-2].removeprefix(".")
        if process.isdigit() and not _alive(int(process)):
            rest.unlink(missing_ok=True)


def _alive(process):
    with suppress(PermissionError):  # it runs for another user
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


def keep(path, result, mark):
    """Store a chapter's result, with the stamp `mark` and a checksum."""
    body = json.dumps(result)
    write(path, json.dumps({"stamp": mark, "checksum": _checksum(body), "result": body}))


def kept(path, mark, say):
    """The stored result with the stamp `mark`, or None; of a damaged file `say` tells in one line."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["stamp"] != mark:
            return None
        if stored["checksum"] != _checksum(stored["result"]):
            raise ValueError("its checksum is wrong")
        return json.loads(stored["result"])
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        say(f"the stored result {path.name} is damaged; executing its chapter again", flush=True)
    return None


def _checksum(text):
    return hashlib.sha256(text.encode()).hexdigest()
