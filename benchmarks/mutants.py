"""The site's tests: how many changed programs they don't see, and which branches they don't run.

    python -m benchmarks.mutants                  all files; what survives is listed
    python -m benchmarks.mutants ledger tokens    these

Each mutant is tried by the tests that belong to its file, in a child of a process that has everything loaded but the
project: until the first test fails, or its time is up. Hypothesis' tests are left out, since they take seconds.
Verdicts are kept in build/mutants until the file or its tests change, so a run that was interrupted goes on.
"""

import ast
import contextlib
import gc
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from benchmarks.measured import Row, none
from benchmarks.mutating import mutants

SITE = "neuronwise/site"
TESTED = {  # a file of the site -> the tests that belong to it
    "ledger": ["test_ledger"],
    "delivering": ["test_worker"],
    "outbox": ["test_outbox"],
    "life": ["test_life"],
    "publishing": ["test_publish"],
    "tokens": ["test_tokens"],
    "guard": ["test_guard"],
    "replies/rendering": ["replies/test_rendering"],
    "replies/tex": ["replies/test_tex"],
    "replies/mathml": ["replies/test_tex"],
    "replies/commands": ["replies/test_tex"],
}
FENCES = "()[]|⟨⟩⌊⌋⌈⌉‖{}"
NEVER_SEEN = "stands where a text without a host, a time or an address stands: all mean the same"
EQUAL: dict[str, dict[str, str]] = {  # a file -> mutants that do the same as the program, each with the reason
    "delivering": {
        "module: 500 -> 501": "how many keys are asked for at once changes no answer",
        "Worker._taken: return () -> return None": "both are empty",
        "Worker._claimed: return () -> return None": "both are empty",
    },
    "guard": {
        "Limiter.__init__: 0 -> 1": "no form comes within two hours of 1970",
        "time_verdict: 1 -> 2": "older than the oldest is too old, by however much",
        "examined: '' -> 'XXXX'": NEVER_SEEN,
        "examined: '' -> 'XXXX' (2)": NEVER_SEEN,
        "is_ours: '' -> 'XXXX'": NEVER_SEEN,
        "is_ours: '' -> 'XXXX' (2)": NEVER_SEEN,
        "is_ours: '' -> 'XXXX' (3)": NEVER_SEEN,
    },
    "life": {"module: 'win32' -> 'XXwin32XX'": "another system's name: this one has neither"},
    "publishing": {
        "publish: chapter.save(update_fields=['copy', 'published']) -> chapter.save()": "the transaction is alone",
    },
    "outbox": {"module: 16 -> 17": "how many files are written at once changes no file"},
    "replies/commands": {
        f"module: {FENCES!r} -> {f'XX{FENCES}XX'!r}": "X is no sign, so none of them becomes a bracket",
    },
    "replies/tex": {
        "_leaf: '0123456789' -> 'XX0123456789XX'": "X was a letter before",
        "module: '' -> 'XXXX'": "tokens are single letters: none is XXXX, as none is empty",
    },
    "replies/rendering": {
        "module: 20 -> 21": "a list goes two levels deeper: 20 and 21 let the same pass",
        "_markdown: 'maths' -> 'XXmathsXX'": "a rule's name is read by who switches it off",
        "_markdown: 'maxNesting' -> 'XXmaxNestingXX'": "without it, zero's own limit is 20 too",
        "_maths: '' -> 'XXXX'": "the tag of a token that has a rule of its own is not read",
    },
}
MOST = 15  # per cent that may survive
KEPT = Path("build/mutants")
LOADED = [  # what the tests load, and can be loaded before Django has its settings
    "aiosmtpd.smtp", "django.contrib.admin.sites", "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation", "django.core.cache.backends.db", "django.core.cache.backends.locmem",
    "django.core.management.commands.makemigrations", "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base", "django.db.models.sql.compiler", "django.test", "django.views.generic",
    "email_validator", "hypothesis", "markdown_it", "nh3", "pdb", "platformdirs", "psycopg", "pytest", "waitress",
    "whitenoise", "xml.etree.ElementTree",
]  # fmt: skip
BYTES = 3 << 30  # a mutant may have so much memory
LEAST_SECONDS = 5  # of the processor, and three times what the tests take of the program as it is
PATIENCE = 120  # seconds on the wall, for a mutant that waits for ever: other programs may take nearly all of them
AT_ONCE = 2


def figures(names: Sequence[str] = tuple(TESTED)) -> Iterator[Row]:
    """Measure what the tests run of all files, and try the mutants of these."""
    yield from covered()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, verdicts in zip(names, pool.map(tried, names), strict=True):
            survivors = [mutant for mutant, killed in verdicts.items() if not killed]
            equal = EQUAL.get(name, {})
            for mutant in survivors:
                print(f"    {'equal   ' if mutant in equal else 'survives'}  {name}.py {mutant}", flush=True)
            count = len(verdicts.keys() - equal)
            share = 100 * len(set(survivors) - equal.keys()) / count
            yield f"of {count} mutants of {name}.py, survive", share, MOST, "%"
            yield f"mutants of {name}.py called equal that are none", len(equal.keys() - set(survivors)), 0, ""


def covered() -> Iterator[Row]:
    """Count the lines and branches of each file that its tests don't run."""
    every = sorted({test for name in TESTED for test in tests(name)})
    files = {name: f"src/{SITE}/{name}.py" for name in TESTED}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        run, tell = (
            [sys.executable, "-m", "coverage", "run"],
            [sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)],
        )
        pytest = ["-m", "pytest", "-q", "-p", "no:xdist", "-m", "not hypothesis", *map(str, every)]
        subprocess.run([*run, f"--include={','.join(files.values())}", *pytest], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        subprocess.run(tell, check=True)  # noqa: S603
        found = json.loads(report.read_text())["files"]
    for name, file in files.items():
        missing = [*found[file]["missing_lines"], *found[file]["missing_branches"]]
        yield none(f"lines and branches of {name}.py that no test runs", missing)


def tried(name: str) -> dict[str, bool]:
    """Try the mutants of a file that have no verdict yet; each mutant, and whether a test sees it."""
    kept = KEPT / f"{name.replace('/', '.')}-{digest(name)}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.mutants", "--try", name, str(kept)]
    subprocess.run(command, check=True)  # noqa: S603  (our own program)
    return dict(json.loads(line) for line in kept.read_text().splitlines())


def digest(name: str) -> str:
    """Return a digest of a file, its tests, and the way it is changed."""
    files = [Path(__file__).with_name("mutating.py"), Path("src", SITE, f"{name}.py"), *tests(name)]
    said = "".join(ast.unparse(ast.parse(file.read_text())) for file in files)  # however it is formatted
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def tests(name: str) -> list[Path]:
    """Return the tests that belong to a file."""
    return [Path("tests/site", f"{test}.py") for test in TESTED[name]]


# in a process of its own


def try_all(name: str, kept: Path) -> None:
    """Try the mutants of a file one after the other, and write down each verdict."""
    for module in LOADED:
        import_module(module)
    gc.freeze()
    done = {json.loads(line)[0] for line in kept.read_text().splitlines()} if kept.exists() else set()
    with tempfile.TemporaryDirectory() as folder, kept.open("a") as verdicts:
        copy = Path(folder, "src")
        shutil.copytree("src", copy, ignore=shutil.ignore_patterns("__pycache__"))
        sys.path.insert(0, str(copy))
        os.environ["PYTHONPATH"] = os.pathsep.join(
            [str(copy), os.environ.get("PYTHONPATH", "")]
        )  # for the tests' own processes
        file = copy / SITE / f"{name}.py"
        source = file.read_text()
        for _ in range(2):  # the first leaves compiled files behind
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            if not passes(name, PATIENCE):
                message = f"expected that the tests of {name}.py pass as it is; they don't"
                raise RuntimeError(message)
        seconds = round(LEAST_SECONDS + 3 * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before))
        sys.dont_write_bytecode = True  # two mutants can have the same size and second
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()
        every = list(mutants(source))
        for number, mutant in enumerate(every, start=1):
            if mutant.name not in done:
                file.write_text(mutant.source)
                verdicts.write(json.dumps([mutant.name, not passes(name, seconds)]) + "\n")
                verdicts.flush()
            print(f"\r\033[K  {name}.py {number} of {len(every)} mutants", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)


def passes(name: str, seconds: int) -> bool:
    """Run the tests of a file in a child; whether all pass in time."""
    child = os.fork()
    if child == 0:
        run_tests(name, seconds)
    ended = os.waitpid(child, 0)[1]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests have started
    return ended == 0


def run_tests(name: str, seconds: int) -> None:
    """Run the tests of a file until the first fails; ends the process."""
    import pytest  # noqa: PLC0415  (`try_all` has loaded it)

    os.setpgid(0, 0)
    signal.alarm(PATIENCE)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    silent = os.open(os.devnull, os.O_WRONLY)
    if not os.environ.get("MUTANTS_SHOWN"):
        os.dup2(silent, 1)
        os.dup2(silent, 2)
    options = [
        "-x",
        "-q",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        "--assert=plain",
        "-p",
        "no:xdist",
        "-m",
        "not hypothesis",
    ]
    os._exit(pytest.main([*options, *map(str, tests(name))]))


def main(arguments: Sequence[str]) -> int:
    """Try files, or do it for `tried`."""
    if arguments[:1] == ["--try"]:
        try_all(arguments[1], Path(arguments[2]))
        return 0
    kept = True
    for what, value, most, unit in figures(arguments or tuple(TESTED)):
        kept &= value <= most
        print(f"{value:8.3g} {unit}  {what}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
