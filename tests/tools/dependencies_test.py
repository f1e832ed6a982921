"""packaging/dependencies/*.txt and docs/dependencies.md name the same packages, and every entry has its reason."""
import pathlib
import re
import unittest

TOP = pathlib.Path(__file__).parents[2]


def listed():
    """{package: reason} over all lists."""
    packages = {}
    for file in sorted((TOP / "packaging/dependencies").glob("*.txt")):
        for line in file.read_text().splitlines():
            entry, _, reason = line.partition("#")
            if entry.strip():
                packages[entry.split()[0]] = reason.strip()
    return packages


class Dependencies(unittest.TestCase):
    def test_every_entry_has_a_reason(self):
        for package, reason in listed().items():
            self.assertTrue(reason, package)

    def test_page_and_lists_agree(self):
        page = set()
        for line in (TOP / "docs/dependencies.md").read_text().splitlines():
            if line.startswith("| `"):
                page |= set(re.findall(r"`([^`]+)`", line.split("|")[1]))
        self.assertEqual(page, set(listed()))

    def test_debian_package_builds_with_the_libraries_of_the_build(self):
        control = (TOP / "packaging/debian/control").read_text()
        field = re.search(r"^Build-Depends:(.*?)^\S", control, re.M | re.S).group(1)
        wanted = {name for line in (TOP / "packaging/dependencies/build.txt").read_text().splitlines()
                  for name in [line.partition("#")[0].strip()] if name.endswith("-dev") and name != "dpkg-dev"}  # every build has it
        self.assertLessEqual(wanted, {name.split()[0] for name in field.split(",") if name.strip()})


if __name__ == "__main__":
    unittest.main()
