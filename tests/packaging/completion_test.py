"""The completion scripts in the shells themselves: bash by its function; zsh and fish, where they are installed, by typing
into them, and by what they offer."""
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

from program import commands, options, run


def bash(line, folder='.'):
    """What bash offers at the end of `line`."""
    script = '''set -eu
source <(printf '%s' "$SCRIPT")
COMP_WORDS=($LINE); [[ $LINE == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
set +e; _stowaway; (( ${#COMPREPLY[@]} )) && printf '%s\\n' "${COMPREPLY[@]}"; true'''
    done = subprocess.run(['bash', '--norc', '-c', script], cwd=folder, capture_output=True, text=True,
                          env={'PATH': os.environ['PATH'], 'SCRIPT': run('completion', 'bash'), 'LINE': line})
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split('\n')[:-1]


class Bash(unittest.TestCase):
    def test_commands_of_every_level(self):
        self.assertEqual(bash('stowaway expl'), ['explain'])
        names = {path[0] for path in commands() if len(path) == 1}
        self.assertEqual(set(bash('stowaway ')), names)
        self.assertEqual(bash('stowaway kb bui'), ['build'])

    def test_every_option_of_every_command(self):
        for path, text in commands().items():
            offered = bash(' '.join(('stowaway',) + path) + ' -')
            self.assertLessEqual(options(text), set(offered), path)
            self.assertEqual(len(offered), len(set(offered)), path)

    def test_values(self):
        self.assertEqual(bash('stowaway scan --format cyc'), ['cyclonedx'])
        self.assertEqual(bash('stowaway scan -q --format spdx'), ['spdx', 'spdx-tv'])
        self.assertEqual(bash('stowaway scan . --color a'), ['auto', 'always'])
        self.assertEqual(bash('stowaway --kb scan scan --fail-on m'), ['modified'])
        self.assertEqual(bash('stowaway scan --jobs '), [])

    def test_files_and_names_with_blanks(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, 'two words'))
            open(os.path.join(folder, 'twice.kb'), 'w').close()
            self.assertEqual(sorted(bash('stowaway scan tw', folder)), ['twice.kb', 'two words'])
            self.assertEqual(bash('stowaway scan --kb twi', folder), ['twice.kb'])
            self.assertEqual(bash('stowaway scan --dpkg-root tw', folder), ['two words'])


class Terminal:
    """A shell at a terminal, in which `stowaway` prints what it was called with."""

    def __init__(self, folder, arguments):
        stub = os.path.join(folder, 'stowaway')
        with open(stub, 'w') as file:
            file.write('#!/bin/sh\necho "<$*>"\n')
        os.chmod(stub, 0o755)
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, {'PATH': folder + ':' + os.environ['PATH'], 'HOME': folder, 'TERM': 'dumb',
                                                 'LC_ALL': 'C.UTF-8', 'SHELL': arguments[0]})
        self.seen = ''

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def wait_for(self, pattern):
        """What matched; fails after a long time."""
        end = time.monotonic() + 60
        while not re.search(pattern, self.seen):
            assert time.monotonic() < end, 'nothing like %s in %r' % (pattern, self.seen[-2000:])
            if select.select([self.descriptor], [], [], 1)[0]:
                self.seen += os.read(self.descriptor, 65536).decode(errors='replace')
        match = re.search(pattern, self.seen)
        self.seen = self.seen[match.end():]
        return match

    def close(self):
        os.close(self.descriptor)
        os.waitpid(self.child, 0)


@unittest.skipUnless(shutil.which('zsh'), 'zsh is not installed')
class Zsh(unittest.TestCase):
    def test_typed(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, '_stowaway'), 'w') as file:
                file.write(run('completion', 'zsh'))
            shell = Terminal(folder, ['zsh', '-f', '-i'])
            shell.type("fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d dump; print rea''dy\n")
            shell.wait_for('ready')
            for typed, wanted in (('stowaway expl\t\n', '<explain>'), ('stowaway scan --format cyc\t\n', '<scan --format cyclonedx>'),
                                  ('stowaway kb ver\t\n', '<kb verify>'), ('stowaway scan --instal\t\n', '<scan --installed>'),
                                  ('stowaway scan _sto\t\n', '<scan _stowaway>')):
                shell.type(typed)
                shell.wait_for(re.escape(wanted).replace('>', ' ?>'))
            shell.close()


@unittest.skipUnless(shutil.which('fish'), 'fish is not installed')
class Fish(unittest.TestCase):
    def offers(self, line):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(['fish', '--no-config', '-c', 'source (printf %s $SCRIPT | psub); complete -C $LINE'],
                                  capture_output=True, text=True, cwd=folder,
                                  env={'PATH': os.environ['PATH'], 'HOME': folder, 'LINE': line, 'SCRIPT': run('completion', 'fish')})
        self.assertEqual(done.stderr, '')
        return [row.split('\t')[0] for row in done.stdout.splitlines()]

    def test_commands_options_and_values(self):
        self.assertEqual(self.offers('stowaway expl'), ['explain'])
        self.assertEqual(self.offers('stowaway kb veri'), ['verify'])
        self.assertEqual(self.offers('stowaway scan --format cyc'), ['cyclonedx'])
        self.assertEqual(self.offers('stowaway -q scan --instal'), ['--installed'])
        self.assertEqual(self.offers('stowaway --kb scan kb mer'), ['merge'])
        self.assertEqual(set(self.offers('stowaway ')), {path[0] for path in commands() if len(path) == 1})


if __name__ == '__main__':
    unittest.main()
