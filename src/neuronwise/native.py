"""Machine code: how functions are compiled and kept, and what compiled code needs that Numba has no word for.

What was compiled is kept in the user's cache folder, under a name made of all sources that it may come from: a change
of any of them compiles anew, and importing the package compiles nothing. What no version has used for a month is
deleted when a new one comes.
"""

import gc
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils, event
from numba.extending import intrinsic

HERE = Path(__file__).parent
SOURCES = ("native.py", "necessary/elementary.py", "optimizations", "engines", "conventions", "network/large.py")
UNUSED = 30 * 24 * 60 * 60  # seconds
NAME, CODE = re.compile(r"[0-9a-f]{16}"), re.compile(r"\.nb[ic](\.tmp\.\w+)?$")  # of a folder; of what Numba writes
LONG, BYTE = ir.IntType(64), ir.IntType(8)
Function = TypeVar("Function", bound=Callable[..., Any])


class _Undisturbed(event.Listener):  # type: ignore[misc]
    """While Numba compiles, nobody looks for garbage: almost all of its objects stay, and looking takes a tenth."""

    def __init__(self) -> None:
        self.depth, self.paused = 0, False

    def on_start(self, event: Any) -> None:  # noqa: ARG002 - Numba hands it over
        """Pause, at the outermost function."""
        if not self.depth:
            self.paused = gc.isenabled()
            gc.disable()
        self.depth += 1

    def on_end(self, event: Any) -> None:  # noqa: ARG002
        """Go on as before."""
        self.depth -= 1
        if not self.depth and self.paused:
            gc.enable()


event.register("numba:compile", _Undisturbed())


@cache
def folder() -> Path | None:
    """The folder for machine code; none if it can't be written to. NEURONWISE_CACHE names another."""
    caches = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}.get(sys.platform, "~/.cache")
    base = os.environ.get("NEURONWISE_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or caches) / "neuronwise"
    files = [file for name in SOURCES for file in sorted((HERE / name).rglob("*.py")) or [HERE / name]]
    together = hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()
    found = Path(base).expanduser() / together[:16]
    try:
        if not found.is_dir():
            found.mkdir(parents=True, exist_ok=True)
            prune(found.parent, time.time())
        os.utime(found)  # it is used
    except OSError:
        return None
    return found if os.access(found, os.W_OK) else None


def prune(base: Path, now: float) -> None:
    """Delete the folders that no version has used for a month; what holds anything but machine code stays."""
    for old in base.iterdir():
        with suppress(OSError):  # another process may be quicker
            unused = now - old.stat().st_mtime > UNUSED
            if unused and NAME.fullmatch(old.name) and old.is_dir() and not old.is_symlink():
                files = [each.name for each in old.rglob("*") if each.is_symlink() or not each.is_dir()]
                if all(map(CODE.search, files)):
                    shutil.rmtree(old)


@contextmanager
def kept() -> Iterator[bool]:
    """Let Numba keep what it compiles in our folder; yields whether it can."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder() or "")
    try:
        yield folder() is not None
    finally:
        numba.config.CACHE_DIR = before


def njit(*, inner: bool = False, inline: str = "never") -> Callable[[Function], Function]:
    """Compile a function when it is first called with arguments of some types, and keep that.

    An `inner` function is called by compiled ones alone: what would let Python call it is not compiled.
    """

    def compiled(function: Function) -> Function:
        options = {"no_cpython_wrapper": inner, "no_cfunc_wrapper": True, "inline": inline}
        with kept() as cached:
            made: Function = numba.njit(cache=cached, nogil=True, error_model="numpy", **options)(function)
        return made

    return compiled


def cfunc(signature: Any) -> Callable[[Callable[..., None]], int]:
    """Compile a function for types that are known, and keep that; gives the address of its machine code."""

    def compiled(function: Callable[..., None]) -> int:
        with kept() as cached:
            made = numba.cfunc(signature, cache=cached)(function)
        _ALIVE.append(made)  # the code lives as long as this does
        return int(made.address)

    return compiled


_ALIVE: list[Any] = []


@intrinsic
def call(_: Any, address: Any, n: Any, u: Any, v: Any, first: Any, second: Any) -> Any:
    """Call the machine code at an address: (n, u, v, first, second) -> nothing."""

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        function = ir.FunctionType(ir.VoidType(), [LONG] * 5).as_pointer()
        build.call(build.inttoptr(arguments[0], function), arguments[1:])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 6), emit


@intrinsic
def zero(_: Any, address: Any, size: Any) -> Any:
    """Fill so many bytes at an address with 0."""

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        cgutils.memset(build, build.inttoptr(arguments[0], BYTE.as_pointer()), arguments[1], 0)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), emit


@intrinsic
def copied(_: Any, to: Any, source: Any, size: Any) -> Any:
    """Copy so many bytes from one address to another."""

    def emit(context: Any, build: ir.IRBuilder, _: Any, arguments: Any) -> Any:
        byte = ir.IntType(8).as_pointer()
        to, source = (build.inttoptr(each, byte) for each in arguments[:2])
        cgutils.raw_memcpy(build, to, source, arguments[2], 1)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), emit


@intrinsic
def counted(_: Any, address: Any, more: Any) -> Any:
    """Add to the whole number at an address, as one step that no thread can come between; returns the sum."""

    def emit(_: Any, build: ir.IRBuilder, __: Any, arguments: Any) -> Any:
        place = build.inttoptr(arguments[0], LONG.as_pointer())
        return build.add(build.atomic_rmw("add", place, arguments[1], "seq_cst"), arguments[1])

    return types.int64(types.int64, types.int64), emit


@intrinsic
def seen(_: Any, address: Any) -> Any:
    """The whole number at an address, as other threads left it."""

    def emit(_: Any, build: ir.IRBuilder, __: Any, arguments: Any) -> Any:
        return build.load_atomic(build.inttoptr(arguments[0], LONG.as_pointer()), "acquire", 8)

    return types.int64(types.int64), emit


@intrinsic
def give_way(_: Any) -> Any:
    """Let another thread run, if one waits for this processor."""

    def emit(context: Any, build: ir.IRBuilder, _: Any, __: Any) -> Any:
        name = "SwitchToThread" if sys.platform == "win32" else "sched_yield"
        build.call(cgutils.get_or_insert_function(build.module, ir.FunctionType(ir.IntType(32), []), name), [])
        return context.get_dummy_value()

    return types.void(), emit
