"""The conformance suite of stores, for one of them. Usage: conformance_test.py SUITE file|clickhouse"""
import pathlib
import subprocess
import sys
import tempfile

import cluster

SKIPPED = 77


def main():
    suite, store = sys.argv[1:]
    if store == 'file':
        with tempfile.TemporaryDirectory(prefix='stowaway-conformance-') as folder:
            return subprocess.run([suite, str(pathlib.Path(folder) / 'conformance.kb')]).returncode
    if cluster.server() is None:
        print('skipped: no clickhouse-server (Debian package clickhouse-server)')
        return SKIPPED
    servers = cluster.Cluster()
    try:
        return subprocess.run([suite, servers.url(), '--load']).returncode
    finally:
        servers.end()


if __name__ == '__main__':
    sys.exit(main())
