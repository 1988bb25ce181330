"""The package is what the folders are: list of packages, links, wheel."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.places import ROOT

FOLDERS = ("designer", "acquisition", "campaigns", "models", "tui")


def packages_on_disk() -> set[str]:
    found = set()
    for folder in FOLDERS:
        for init in (ROOT / folder).rglob("__init__.py"):
            relative = init.parent.relative_to(ROOT)
            if any((ROOT / part).is_symlink() for part in (relative, *relative.parents)):
                continue
            name = ".".join(relative.parts)
            found.add(name if name.split(".")[0] == "designer" else f"designer.{name}")
    return found


def test_every_folder_with_code_is_listed_in_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    setuptools = project["tool"]["setuptools"]
    assert set(setuptools["packages"]) == packages_on_disk()
    assert setuptools["package-dir"] == {"": "."}


def test_links_by_which_the_folders_are_packages_are_in_place() -> None:
    for folder in FOLDERS[1:]:
        link = ROOT / "designer" / folder
        assert link.is_symlink()
        assert link.resolve() == ROOT / folder


USER_SCRIPT = """
from designer import Campaign

campaign = Campaign.open("graphite", store=None)
stale: bool = campaign.status()["model"]["stale"]
rows: int = len(campaign.propose(4).frame)
campaign.propose("4")
"""


@pytest.mark.parametrize(
    "command",
    [["mypy", "--strict", "--follow-imports=skip"], ["pyright", "--pythonpath", sys.executable]],
)
def test_types_reach_a_user_of_the_editable_install(command: list[str], tmp_path: Path) -> None:
    """`python` of the README's `.venv`, a script elsewhere: found, and its mistake is named."""
    script = tmp_path / "use.py"
    # mypy of the whole program takes a minute: here it only has to find it
    script.write_text(USER_SCRIPT if command[0] == "pyright" else "import designer\n")
    done = subprocess.run(
        [sys.executable, "-m", *command, script.name],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if command[0] == "pyright":
        assert "1 error" in done.stdout, done.stdout
        assert '"Literal[\'4\']" cannot be assigned to parameter "n"' in done.stdout
    else:
        assert done.returncode == 0, done.stdout


def test_constraints_hold_every_dependency_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["dev"], *extras["docs"]]
    names = {
        need.split("[")[0].split("=")[0].split(">")[0].split("<")[0].strip().lower()
        for need in needed
    }
    assert {name for name in names if name.replace("_", "-") not in pins} == set()


def test_declared_dependencies_are_those_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deptry", "--no-ansi", "."],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_wheel_from_a_clean_clone_holds_all_modules_and_data(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, files):
        source, target = ROOT / name, clone / name
        if not source.exists() and not source.is_symlink():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            target.symlink_to(source.readlink())
        else:
            target.write_bytes(source.read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, clone],
        check=True, capture_output=True,
    )  # fmt: skip
    wheel = next(tmp_path.glob("*.whl"))
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            relative = path.relative_to(ROOT)
            if any((ROOT / part).is_symlink() for part in (relative, *relative.parents)):
                continue
            if path.suffix in {".py", ".toml", ".tcss", ".csv"} or path.name == "py.typed":
                text = relative.as_posix()
                wanted.add(text if folder == "designer" else f"designer/{text}")
    assert wanted <= inside
    assert not any(name.startswith(("models/", "acquisition/", "campaigns/")) for name in inside)
