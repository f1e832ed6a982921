"""The published test cases: every one can be read, was verified as it is now, and is in the table of docs/test-cases.md."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).parents[2]
CASES = TOP / "testcases"


def listed():
    command = [PROGRAM, "testcase", "list", "--testcases", CASES, "-f", "json"]
    no_records_of_a_user = {**os.environ, "XDG_STATE_HOME": "/nonexistent"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=no_records_of_a_user)
    return json.loads(done.stdout)["cases"], done.stderr


class Published(unittest.TestCase):
    def test_every_directory_is_a_case(self):
        cases, errors = listed()
        self.assertEqual(errors, "")
        self.assertEqual({case["case"] for case in cases}, {path.name for path in CASES.iterdir() if path.is_dir()})

    def test_names_say_component_and_advisory(self):
        for case in listed()[0]:
            self.assertEqual(case["case"], f'{case["component"]}-{case["advisory"]}')

    def test_every_case_was_verified_as_it_is_now(self):
        for case in listed()[0]:
            wanted = "node 20" if case["language"] == "javascript" else "gcc 12.2.0 x86_64-linux-gnu"
            self.assertIn(wanted, case["verified_with"], f'{case["case"]} has changed: tools/test-cases verify --mirror DIR {case["case"]}')
            records = json.loads((CASES / case["case"] / "verified.json").read_text())
            pairs = {(record["vulnerable"], record["fixed"]) for record in records}
            self.assertIn((case["vulnerable"], case["fixed"]), pairs, case["case"])

    def test_the_page_says_what_the_records_say(self):
        done = subprocess.run([TOP / "tools/test-cases", "--stowaway", PROGRAM, "table", "--check"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_enough_of_them(self):
        names = {case["case"] for case in listed()[0]}
        self.assertGreaterEqual(len(names), 20)
        self.assertGreaterEqual(len(list(CASES.glob("*/observed.json"))), 5)
        rows = [line.split("\t") for line in (CASES / "embedded.tsv").read_text().splitlines() if not line.startswith("#")]
        self.assertEqual({row[0] for row in rows}, names, "each was run against an embedded copy")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
