#!/usr/bin/env python3
"""usage: check.py PROGRAM SOURCE_DIR WORK_DIR

Scans the md5 lists beside this file (of public trees: paths and md5sums, no source) and this repository's own HEAD
against an index built from kb/*.pack, and compares with what is known to be embedded there.
"""
import glob, json, os, subprocess, sys

# list → [(path, component, versions)]; where the trees come from: docs/figures.md
EXPECTED = {
    'perl-0_4202': [('src/libmemcached', 'libmemcached', ['0.41'])],
    'perl-0.4404': [('src/libmemcached', 'libmemcached', ['0.44'])],
    'ruby-1.8.0': [('ext/libmemcached-0.32', 'libmemcached', ['0.32'])],
    'ruby-1.2.2': [('ext/libmemcached-0.32.tar.gz/libmemcached-0.32', 'libmemcached', ['0.32'])],
    'ruby-master': [('vendor/libmemcached-1.0.18', 'libmemcached', ['1.0.18'])],
}


def scan(program, kb, subject, text=None):
    run = subprocess.run([program, '--quiet', '--kb', kb, 'scan', '--json', subject], input=text, capture_output=True, text=True)
    if run.returncode not in (0, 3):
        sys.exit(f'scanning {subject} ended with {run.returncode}: {run.stderr}')
    return [(c['path'], c['component'], c['versions']) for c in json.loads(run.stdout)['copies']]


def renamed(text):
    """The same facts under folder names that say nothing: the version must come from the contents."""
    for version in ('-0.32', '-1.0.18'):
        text = text.replace('libmemcached' + version, 'lib')
    return text


def main():
    program, source, work = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    kb = os.path.join(work, 'starter.kb')
    subprocess.run([program, '--quiet', 'kb', 'build', *sorted(glob.glob(os.path.join(source, 'kb/*.pack'))), '-o', kb], check=True)
    failed = False
    for name, expected in EXPECTED.items():
        text = open(os.path.join(here, name + '.md5')).read()
        found = scan(program, kb, '-', text)
        nameless = [(component, versions) for _, component, versions in scan(program, kb, '-', renamed(text))]
        good = found == expected and nameless == [(c, v) for _, c, v in expected]
        print('ok' if good else f'FAILED: expected {expected}, found {found} and {nameless}', name)
        failed |= not good
    if not os.path.exists(os.path.join(source, '.git')):
        print('skipped: this repository itself (no .git)')
    else:
        own = scan(program, kb, source + '@HEAD')
        print('ok own tree' if not own else f'FAILED: own tree holds {own}')
        failed |= bool(own)
    sys.exit(failed)


main()
