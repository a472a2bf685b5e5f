"""The lines with which a workflow publishes: versions stay, and nothing of others is lost."""

import json
import os
import subprocess

import pytest
import yaml

from engine import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8"))
(LINES,) = [s["run"] for s in WORKFLOW["jobs"]["publish"]["steps"] if "run" in s]
(ASK,) = [s["run"] for s in WORKFLOW["jobs"]["build"]["steps"] if "ask" in s.get("name", "")]
ADDRESS = "https://x-access-token:secret@forge.example/a-teacher/book"


def git(*command, cwd):
    done = subprocess.run(["git", *command], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


class Forge:
    """A repository elsewhere, and what publishes into it."""

    def __init__(self, folder):
        self.folder, self.remote, self.runs = folder, folder / "remote.git", 0
        git("init", "--quiet", "--bare", str(self.remote), cwd=folder)

    def environment(self, hooks=""):
        settings = {f"url.{self.remote}.insteadOf": ADDRESS, "core.hooksPath": str(hooks)}
        variables = {"GIT_CONFIG_COUNT": str(len(settings))}
        for i, (key, value) in enumerate(settings.items()):
            variables |= {f"GIT_CONFIG_KEY_{i}": key, f"GIT_CONFIG_VALUE_{i}": value}
        return os.environ | variables

    def publish(self, ref, files, **options):
        """Runs the lines as GitHub does, on a site of these files."""
        self.runs += 1
        work = self.folder / f"run {self.runs}"
        for name, text in files.items():
            (work / "site" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "site" / name).write_text(text, "utf-8")
        variables = {
            "TOKEN": "secret",
            "GITHUB_SERVER_URL": "https://forge.example",
            "GITHUB_REPOSITORY": "a-teacher/book",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_REF": ref,
            "GITHUB_REF_NAME": ref.split("/", 2)[2],
        }
        return subprocess.run(
            ["bash", "-e", "-c", LINES],
            cwd=work,
            env=self.environment(**options) | variables,
            capture_output=True,
            text=True,
        )

    def branch(self):
        """The files of gh-pages, with their text."""
        names = git("ls-tree", "-r", "--name-only", "gh-pages", cwd=self.remote).split()
        return {name: git("show", f"gh-pages:{name}", cwd=self.remote) for name in names}

    def add(self, name):
        """Another run adds a file."""
        copy = self.folder / f"copy for {name.replace('/', ' ')}"
        git(
            "clone", "--quiet", "--branch", "gh-pages", str(self.remote), str(copy), cwd=self.folder
        )
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("added", "utf-8")
        git("add", "--all", cwd=copy)
        who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
        git(*who, "commit", "--quiet", "--message", "add", cwd=copy)
        return copy


@pytest.fixture
def forge(tmp_path):
    return Forge(tmp_path)


def test_the_first_publication_makes_the_branch(forge):
    done = forge.publish("refs/heads/main", {"index.html": "1", "_static/a.js": "2"})
    assert done.returncode == 0, done.stderr
    files = forge.branch()
    assert files.keys() == {".nojekyll", "_static/a.js", "index.html", "versions.json"}
    assert json.loads(files["versions.json"]) == ["latest"]


def test_the_root_is_replaced_and_versions_and_the_domain_stay(forge):
    old = {"index.html": "1", "gone.html": "1", "_static/gone.js": "1"}
    forge.publish("refs/heads/main", old | {"_static/ce_lib-0.1.0-py3-none-any.whl": "1"})
    for version in ("v0.9.0", "v0.10.0", "v0.2.0"):
        done = forge.publish(f"refs/tags/{version}", {"index.html": version})
        assert done.returncode == 0, done.stderr
    git("push", "--quiet", "origin", "gh-pages", cwd=forge.add("CNAME"))
    new = {"index.html": "2", "_static/ce_lib-0.2.0-py3-none-any.whl": "2"}
    assert forge.publish("refs/heads/main", new).returncode == 0
    files = forge.branch()
    assert files["index.html"] == "2"
    assert not {"gone.html", "_static/gone.js"} & files.keys()
    assert files["CNAME"] == "added"  # GitHub's record of a domain of one's own
    wheels = [name for name in files if name.endswith(".whl")]
    assert wheels == [f"_static/ce_lib-0.{minor}.0-py3-none-any.whl" for minor in (1, 2)]
    assert files["v0.9.0/index.html"] == "v0.9.0"
    assert json.loads(files["versions.json"]) == ["latest", "v0.10.0", "v0.9.0", "v0.2.0"]


@pytest.mark.parametrize(
    ("repository", "gh", "site"),
    [
        ("A-Teacher/book", "exit 1", "https://A-Teacher.github.io/book/"),
        ("A-Teacher/a-teacher.github.io", "exit 1", "https://a-teacher.github.io/"),
        ("A-Teacher/book", "echo https://book.school.example/", "https://book.school.example/"),
    ],
    ids=["project", "user", "known"],
)
@pytest.mark.parametrize("version", ["", "v1.2.3"])
def test_the_workflow_knows_where_the_site_will_be(tmp_path, repository, gh, site, version):
    (tmp_path / "gh").write_text(f"#!/bin/sh\n{gh}\n", "utf-8")
    (tmp_path / "gh").chmod(0o755)
    variables = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_REPOSITORY": repository,
        "GITHUB_REPOSITORY_OWNER": repository.partition("/")[0],
        "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_REF": f"refs/tags/{version}" if version else "refs/heads/main",
        "GITHUB_REF_NAME": version or "main",
    }
    subprocess.run(["bash", "-e", "-c", ASK], env=os.environ | variables, check=True)
    folder = f"{version}/" if version else ""
    assert (tmp_path / "env").read_text("utf-8") == f"CE_SITE={site}{folder}\n"


def test_a_released_version_is_never_overwritten(forge):
    forge.publish("refs/heads/main", {"index.html": "1"})
    forge.publish("refs/tags/v0.1.0", {"index.html": "first"})
    before = forge.branch()
    done = forge.publish("refs/tags/v0.1.0", {"index.html": "second"})
    assert done.returncode == 1
    assert "v0.1.0 is published already" in done.stdout
    assert forge.branch() == before


def test_a_push_that_came_between_is_kept(forge, tmp_path):
    forge.publish("refs/heads/main", {"index.html": "1"})
    copy = forge.add("v0.1.0/index.html")
    hook = tmp_path / "hooks" / "post-index-change"  # after the fetch, and before the push
    hook.parent.mkdir()
    mark = tmp_path / "pushed"
    push = f"env -u GIT_DIR -u GIT_INDEX_FILE git -C '{copy}' push --quiet origin gh-pages"
    hook.write_text(f"#!/bin/sh\n[ -e '{mark}' ] || {{ touch '{mark}'; {push}; }}\n", "utf-8")
    hook.chmod(0o755)
    done = forge.publish("refs/heads/main", {"index.html": "2"}, hooks=hook.parent)
    assert done.returncode == 0, done.stderr
    assert mark.exists()
    assert forge.branch()["v0.1.0/index.html"] == "added"
    assert forge.branch()["index.html"] == "2"
