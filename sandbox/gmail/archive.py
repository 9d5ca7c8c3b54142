"""Files of mail: one message, or an mbox with many."""

import mailbox
import tempfile
from pathlib import Path


def messages_in(name: str, data: bytes) -> list[bytes]:
    """The messages in a file, each byte for byte; an mbox begins with a From line."""
    if not (data.startswith(b"From ") or name.lower().endswith((".mbox", ".mbx"))):
        return [data]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "import.mbox"
        path.write_bytes(data)
        box = mailbox.mbox(path, create=False)
        try:
            found = [box.get_bytes(key) for key in box.keys()]  # noqa: SIM118 - not a dict
        finally:
            box.close()
    return found or [data]
