"""A release is refused in one sentence, or tagged; what it hands out is the same each time."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile

import pytest

from tools.testing.sources import BUILT, ROOT

FILES = ["README.md", "CITATION.cff", "package.json", "pyproject.toml", "LICENSE", ".gitignore"]
WHO = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
PASS, FAIL = ([sys.executable, "-c", f"raise SystemExit({status})"] for status in (0, 1))


def copy(folder):
    for name in ("ce_lib", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*BUILT))
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    return folder


def git(folder, *command):
    command = ["git", *WHO, *command]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def distributions(source, out, umask=0o022):
    environment = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    options = {"umask": umask} if os.name != "nt" else {}
    subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True, **options)
    return {file.name: file.read_bytes() for file in out.iterdir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a wheel and an sdist."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "book").mkdir()
    distributions(copy(folder / "book"), folder / "dist")
    return folder / "dist"


# What is handed out


def test_a_build_elsewhere_at_another_time_has_the_same_bytes(built, tmp_path):
    (tmp_path / "another place").mkdir()
    source = copy(tmp_path / "another place")
    for file in source.rglob("*"):
        os.utime(file, (1e9, 1e9))
        file.chmod(file.stat().st_mode & 0o700)
    other = distributions(source, tmp_path / "dist", umask=0o077)
    assert len(other) == 2
    assert other == {file.name: file.read_bytes() for file in built.iterdir()}


def test_the_site_serves_the_same_wheel(built, site):
    (wheel,) = built.glob("*.whl")
    assert (site / "_static" / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_sdist_makes_the_same_wheel(built, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    shutil.unpack_archive(sdist, tmp_path)
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    made = distributions(source, tmp_path / "dist")
    (wheel,) = built.glob("*.whl")
    assert made[wheel.name] == wheel.read_bytes()


def test_the_wheel_holds_every_file_of_the_library(built):
    (wheel,) = built.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("ce_lib/")}
    tests = [*ROOT.glob("ce_lib/**/test_*.py"), *ROOT.glob("ce_lib/**/*.test.mjs")]
    assert tests
    files = [f for f in (ROOT / "ce_lib").rglob("*") if f.is_file() and f.suffix != ".pyc"]
    files = [file for file in files if file not in tests]
    assert held == {file.relative_to(ROOT).as_posix() for file in files}
    assert {".js", ".css", ".txt"} <= {file.suffix for file in files}


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_twine_finds_nothing(built, kind):
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built.glob(kind))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_installs_alone_and_is_imported(built, tmp_path):
    venv.create(tmp_path / "venv", with_pip=False)
    (wheel,) = built.glob("*.whl")
    (library,) = (tmp_path / "venv").rglob("site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(library), str(wheel)], check=True)
    program = "import ce_lib; print(ce_lib.__file__, ce_lib.entropy([0.5, 0.5]))"
    numpy = os.path.dirname(os.path.dirname(__import__("numpy").__file__))
    code = f"import sys; sys.path.append({numpy!r}); {program}"
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = subprocess.run([python, "-E", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(library))


# The release


@pytest.fixture
def ready(tmp_path, monkeypatch):
    """A repository that is ready for its release, and the program."""
    book = tmp_path / "book"
    book.mkdir()
    copy(book)
    log = "# Changelog\n\n## 0.1.0 – 2026-01-02\n\n- New.\n\n## 0.0.9 – 2025-01-02\n\n- Old.\n"
    (book / "CHANGELOG.md").write_text(log, "utf-8")
    git(book, "init", "--quiet", "--initial-branch", "main")
    git(book, "config", "user.name", "a")
    git(book, "config", "user.email", "a@b.example")
    git(book, "add", "--all")
    git(book, "commit", "--quiet", "--message", "all")
    from tools import release

    return book, release.release


def test_what_is_ready_is_built_and_tagged_with_its_news(ready, capsys):
    book, release = ready
    release(book, [PASS])
    assert "git push origin v0.1.0" in capsys.readouterr().out
    assert git(book, "tag", "-l", "--format=%(contents)").strip() == "Version 0.1.0\n\n- New."
    assert git(book, "cat-file", "-t", "v0.1.0").strip() == "tag"
    assert len(list((book / "dist").iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("CITATION.cff", "version: 0.1.0", "version: 0.2.0", "CITATION.cff says 0.2.0"),
        ("README.md", "Version 0.1.0", "Version 0.0.9", "README.md says 0.0.9"),
        ("package.json", "{", '{"version": "3.0.0",', "package.json says 3.0.0"),
        ("CHANGELOG.md", "## 0.1.0", "## 0.1.1", "CHANGELOG.md says 0.1.1"),
        ("CHANGELOG.md", "2026-01-02", "unreleased", "it says unreleased"),
        ("CHANGELOG.md", "2026-01-02", "9999-01-01", "it says 9999"),
        ("pyproject.toml", '"0.1.0"', '"0.1.0rc1"', "must be like 1.2.3, got 0.1.0rc1"),
    ],
    ids=["citation", "readme", "npm", "changelog", "unreleased", "future", "candidate"],
)
def test_what_does_not_agree_is_named(ready, name, old, new, sentence):
    book, release = ready
    text = (book / name).read_text("utf-8")
    assert old in text
    (book / name).write_text(text.replace(old, new, 1), "utf-8")
    git(book, "commit", "--quiet", "--all", "--message", "change")
    with pytest.raises(SystemExit, match=sentence):
        release(book, [PASS])
    assert git(book, "tag") == ""


def test_changes_a_taken_tag_and_a_failing_check_stop_it(ready):
    book, release = ready
    with pytest.raises(SystemExit, match="failed"):
        release(book, [PASS, FAIL])
    (book / "new.txt").write_text("", "utf-8")
    with pytest.raises(SystemExit, match="not committed"):
        release(book, [PASS])
    (book / "new.txt").unlink()
    git(book, "tag", "v0.1.0")
    with pytest.raises(SystemExit, match=r"v0\.1\.0 is taken"):
        release(book, [PASS])
