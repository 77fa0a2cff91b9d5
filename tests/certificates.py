"""Certificates that nobody vouches for, made by openssl."""

import shutil
import subprocess
from pathlib import Path

OPENSSL = shutil.which("openssl")

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def certificate(folder: Path, host: str = "localhost", days: int = 2) -> str:
    """A file with a certificate for the host, and its key; with days below 0, it has expired."""
    key, request, pem = (folder / f"{host}{days}.{kind}" for kind in ("key", "request", "pem"))
    named = ("-subj", "/CN=mail", "-addext", f"subjectAltName=DNS:{host}")
    _openssl("req", "-new", *KEY, *named, "-keyout", key, "-out", request)
    _openssl("x509", "-req", "-in", request, "-signkey", key, "-days", days, "-copy_extensions", "copy", "-out", pem)
    pem.write_text(key.read_text() + pem.read_text())
    return str(pem)


def _openssl(*arguments: object) -> None:
    assert OPENSSL
    subprocess.run([OPENSSL, *map(str, arguments)], check=True, capture_output=True)
