"""A small disk of our own, in memory, that can be filled to its last byte and freed again."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """Mount one; nothing, where that is not allowed."""
    with tempfile.TemporaryDirectory() as name:
        mount = ["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", name]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(name)
        finally:
            subprocess.run(["/bin/umount", name], check=True)


def fill(disk: Path) -> None:
    """Leave no byte."""
    with (disk / BALLAST).open("ab", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            return


def free(disk: Path) -> None:
    """Give all back."""
    (disk / BALLAST).unlink()
