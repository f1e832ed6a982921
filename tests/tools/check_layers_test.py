"""tools/check-layers accepts what the rooms may do and names what they may not."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).parents[2] / "tools" / "check-layers"


def check(files):
    """Runs the check over a tree of {path: text}; gives (exit status, messages)."""
    with tempfile.TemporaryDirectory() as src:
        for path, text in files.items():
            file = pathlib.Path(src, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = subprocess.run([sys.executable, CHECK, src], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr


BASE = {"base/CMakeLists.txt": "room(base LINKS fmt::fmt)", "base/a.h": "#include <vector>\n"}
MATCH = {"match/CMakeLists.txt": "room(match USES base kb LINKS x::y)"}


class CheckLayers(unittest.TestCase):
    def test_what_rooms_may_do(self):
        files = {**BASE, **MATCH, "kb/CMakeLists.txt": "room(kb USES base)", "kb/pack/pack.h": '#include "base/a.h"\n',
                 "match/b.h": '#include "base/a.h"\n#include "kb/pack/pack.h"\n', "match/b.cpp": '#include "match/b.h"\n',
                 "kb/testing/support.h": "", "match/b_test.cpp": '#include "kb/testing/support.h"\n',
                 "match/testing/c.h": '#include "kb/testing/support.h"\n'}
        self.assertEqual(check(files), (0, ""))

    def test_what_they_may_not(self):
        cases = {
            "the wrong way": {**MATCH, "base/CMakeLists.txt": "room(base)", "base/b.h": '#include "match/c.h"\n'},
            "is private to kb": {**BASE, **MATCH, "match/b.h": '#include "kb/miner/secret.h"\n'},
            "needs source in USES": {**BASE, **MATCH, "match/b.h": '\n#include "source/source.h"\n'},
            "names no room": {**BASE, "base/b.h": '#include "a.h"\n'},
            "is in no room": {**BASE, "base/b.h": '#include "fmt/core.h"\n'},
            "does not exist": {**BASE, "base/b.h": '#include "base/none.h"\n'},
            "is no room": {**BASE, "attic/b.h": ""},
        }
        for message, files in cases.items():
            status, messages = check(files)
            self.assertEqual(status, 1, message)
            self.assertIn(message, messages)

    def test_nothing_is_not_success(self):
        self.assertEqual(check({})[0], 1)


if __name__ == "__main__":
    unittest.main()
