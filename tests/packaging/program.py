"""What the program's help says of its commands, read as a user reads it: text. Shared by the tests of this folder."""
import functools
import os
import pathlib
import re
import subprocess
import sys

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TOP = pathlib.Path(sys.argv[2])
del sys.argv[1:3]  # the rest is unittest's


@functools.cache
def run(*arguments):
    """What it prints: always the same, so it is asked once."""
    return subprocess.run([str(PROGRAM), *arguments], capture_output=True, text=True, check=True,
                          env={**os.environ, 'ASAN_OPTIONS': 'detect_leaks=0'}).stdout


def names_below(text, title):
    """The names in the rows below a title of a help text."""
    part = re.search(r'^%s:\n((?:  .*\n)*)' % title, text, re.M)
    return re.findall(r'^  (\S+)(?:  |$)', part.group(1), re.M) if part else []


@functools.cache
def commands():
    """{path: help}: {(): …, ('kb',): …, ('kb', 'build'): …}, every command that the help tells of."""
    found = {}
    waiting = [()]
    while waiting:
        path = waiting.pop()
        found[path] = run(*path, '--help')
        names = names_below(found[path], 'Commands')
        if 'more:' in names:
            names.remove('more:')
            names += re.split(r',\s+', re.search(r'^  more: +((?:.*\n)+?)\n', found[path], re.M).group(1).strip())
        waiting += [path + (name,) for name in names]
    return found


def options(text):
    """The options in the rows of a command's help: {'-f', '--format'}."""
    program = re.search(r'^Options: ((?:.*\n)+?)Details:', text, re.M)  # without rows: all in a few lines
    if program:
        return set(re.findall(r'(?:^|,\s+)(--?[a-z-]+)', program.group(1)))
    rows = re.findall(r'^  (?:    )?(-.*?)(?:  .*)?$', text, re.M)
    return {name for row in rows for name in re.findall(r'(?:^|, )(--?[a-zA-Z][a-z-]*)', row)}
