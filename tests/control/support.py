"""A made-up component with a knowledge base (tests/cli/setup.sh), and the program under test. Shared by the tests of this folder."""
import os
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TOP = pathlib.Path(sys.argv[2]).resolve()
del sys.argv[1:3]  # the rest is unittest's

ENVIRONMENT = {
    'PATH': '%s:%s:%s' % (PROGRAM.parent, TOP / 'packaging/debhelper', os.environ['PATH']),
    'PERL5LIB': str(TOP / 'packaging/debhelper'), 'LC_ALL': 'C.UTF-8', 'TESTDIR': str(TOP / 'tests/cli'),
    'ASAN_OPTIONS': 'detect_leaks=0', 'GIT_CONFIG_NOSYSTEM': '1'}


class World:
    """A folder with libdemo's releases (a git repository) and demo.kb."""

    def __init__(self, folder, release=None, more=''):
        """`release`: shell commands in libdemo/ that make one more release, 1.3, of it; `more`: others before mining."""
        self.folder = pathlib.Path(folder)
        self.environment = {**ENVIRONMENT, 'HOME': str(self.folder / 'home'), 'STOWAWAY_KB': str(self.folder / 'demo.kb')}
        self.shell('make_component; %s %s stowaway --quiet kb mine --catalog catalog -o packs; '
                   'stowaway --quiet kb build packs -o demo.kb'
                   % ('(cd libdemo; %s); release 1.3 2023-01-01;' % release if release else '', more))

    def shell(self, script):
        return self.run('sh', '-euc', '. "$TESTDIR/setup.sh"; STOWAWAY_KB=$PWD/demo.kb; export STOWAWAY_KB; ' + script).stdout

    def run(self, *command, where='.', status=0, text=True, **environment):
        done = subprocess.run(command, cwd=self.folder / where, capture_output=True, text=text,
                              env={**self.environment, **environment})
        if done.returncode != status:
            raise AssertionError('%s ended with %d, not %d:\n%s\n%s' % (command, done.returncode, status, done.stdout, done.stderr))
        return done

    def stowaway(self, *arguments, where='.', status=0):
        return self.run(str(PROGRAM), '--quiet', *arguments, where=where, status=status).stdout

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path
