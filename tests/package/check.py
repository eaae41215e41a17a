#!/usr/bin/env python3
"""check.py CPACK BUILD PROGRAM: makes the Debian package of a build and looks into it.

What only a machine with systemd can show (starting, upgrading, removing) is not tried here; that
the pieces are there, belong to root and agree with each other is.
"""
import gzip
import io
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

CPACK, BUILD, PROGRAM = sys.argv[1:4]
SOURCE = pathlib.Path.cwd()


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def unpack(deb, part):
    """The members of the package's control or file archive, by name without the leading dot."""
    option = "--ctrl-tarfile" if part == "control" else "--fsys-tarfile"
    tar = tarfile.open(fileobj=io.BytesIO(
        subprocess.run(["dpkg-deb", option, deb], check=True, capture_output=True).stdout))
    members = {member.name.lstrip(".").rstrip("/") or "/": member for member in tar}
    texts = {name: tar.extractfile(member).read() for name, member in members.items()
             if member.isfile() and name != "/usr/bin/nocturn"}
    return members, texts


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="nocturn-package-")
        run(CPACK, "-B", cls.folder, "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=none", cwd=BUILD)
        [cls.deb] = map(str, pathlib.Path(cls.folder).glob("*.deb"))
        cls.files, cls.texts = unpack(cls.deb, "files")
        cls.control, cls.scripts = unpack(cls.deb, "control")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def field(self, name):
        return run("dpkg-deb", "-f", self.deb, name).strip()

    def unit(self, key):
        unit = self.texts["/usr/lib/systemd/system/nocturn.service"].decode()
        return re.findall(rf"^{key}=(.*)$", unit, re.M)

    def test_names_its_version_and_what_it_needs(self):
        self.assertEqual(self.field("Package"), "nocturn")
        version = run(PROGRAM, "version").split()[1]
        self.assertEqual(self.field("Version").split("-")[0], version)
        needs = self.field("Depends")
        for package in ("adduser", "ca-certificates", "tzdata", "libc6", "libssl3", "libsqlite3-0"):
            self.assertRegex(needs, rf"(^|, ){package}\b")
        self.assertNotIn('"', self.field("Description"))

    def test_files_belong_to_root_and_only_root_writes_them(self):
        for name, member in self.files.items():
            self.assertEqual((member.uid, member.gid), (0, 0), name)
            self.assertFalse(member.mode & 0o022, name)
            self.assertEqual(member.mode & 0o055, 0o055 if member.isdir() else member.mode & 0o011 | 0o044, name)
        self.assertTrue(self.files["/usr/bin/nocturn"].mode & 0o111)
        self.assertTrue(self.files["/etc/nocturn"].isdir())

    def test_scripts_are_right_and_conffiles_are_there(self):
        for name in ("postinst", "prerm", "postrm"):
            self.assertEqual(self.control[f"/{name}"].mode & 0o777, 0o755)
            text = self.scripts[f"/{name}"].decode()
            self.assertRegex(text, r"(?m)^set -e$")
            run("sh", "-n", input=text)
        for name in self.scripts["/conffiles"].decode().split():
            self.assertIn(name, self.files)
        settings = {n for n, m in self.files.items() if n.startswith("/etc/") and m.isfile()}
        self.assertEqual(settings, set(self.scripts["/conffiles"].decode().split()))

    def test_the_service_names_what_the_package_brings(self):
        [start] = self.unit("ExecStart")
        program, verb, *rest = start.split()
        self.assertIn(program, self.files)
        known = run(PROGRAM, verb, "--help")
        told = self.texts["/etc/default/nocturn"].decode()
        for option in re.findall(r"--[a-z-]+", " ".join(rest) + told.replace("--help", "")):
            self.assertIn(option, known)
        for place in re.findall(r"file://(\S+)", self.unit("Documentation")[0]):
            self.assertIn(place, self.files)
        [user] = self.unit("User")
        self.assertRegex(self.scripts["/postinst"].decode(), rf"adduser .*\b{user}\n")
        for place in re.findall(r"/usr/share/doc/\S+\.md", self.scripts["/postinst"].decode()):
            self.assertIn(place, self.files)
        if shutil.which("systemd-analyze"):
            unit = pathlib.Path(self.folder, "nocturn.service")
            unit.write_bytes(self.texts["/usr/lib/systemd/system/nocturn.service"].replace(
                program.encode(), PROGRAM.encode()))
            run("systemd-analyze", "verify", "--man=no", unit)

    def test_the_example_is_a_right_configuration(self):
        folder = pathlib.Path(self.folder, "configuration")
        folder.mkdir()
        (folder / "cloud.yaml").write_bytes(self.texts["/usr/share/doc/nocturn/examples/cloud.yaml"])
        run(PROGRAM, "config", "check", folder)

    def test_the_manual_and_the_completion_are_this_programs(self):
        manual = gzip.decompress(self.texts["/usr/share/man/man1/nocturn.1.gz"]).decode()
        self.assertEqual(manual, run(PROGRAM, "manual"))
        completion = self.texts["/usr/share/bash-completion/completions/nocturn"].decode()
        run("bash", "-n", input=completion)

    def test_the_sample_cloud_is_whole_and_its_programs_can_run(self):
        for path in filter(pathlib.Path.is_file, (SOURCE / "demo").rglob("*")):
            if "__pycache__" in path.parts:
                continue
            name = f"/usr/share/nocturn/demo/{path.relative_to(SOURCE / 'demo')}"
            self.assertEqual(self.texts.get(name), path.read_bytes(), name)
            self.assertEqual(bool(self.files[name].mode & 0o100), bool(path.stat().st_mode & 0o100), name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
