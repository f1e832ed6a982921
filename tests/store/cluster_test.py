"""A knowledge base in three ClickHouse servers, against the same one in a file. Usage: cluster_test.py STOWAWAY KB_PACKS

Every answer is compared with that of the index made from the same packs, byte for byte but for where the knowledge base lies."""
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import cluster

PROGRAM = os.path.abspath(sys.argv.pop(1))
PACKS = pathlib.Path(sys.argv.pop(1))
SKIPPED = 77
# Small ones, of which some carry each other.
STARTER = ('zlib', 'bzip2', 'expat', 'cjson', 'jansson', 'lz4', 'xxhash', 'zstd', 'minizip', 'libyaml', 'stb', 'miniz', 'jquery', 'uthash')


def run(*arguments, code=0, env=None):
    done = subprocess.run([PROGRAM, '--quiet', *map(str, arguments)], capture_output=True, text=True, env={**os.environ, 'SOURCE_DATE_EPOCH': '1800000000', **(env or {})},
                          timeout=300)
    if code is not None and done.returncode != code:
        raise AssertionError(f'{arguments} ended with {done.returncode}, not {code}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}')
    return done


def code_of(seed, functions=30):
    """C that nobody else has."""
    letters = random.Random(seed)

    def word():
        return ''.join(letters.choice('abcdefghijklmnopqrstuvwxyz') for _ in range(8))
    return ''.join(f'static int {word()}(int {word()}, char *{word()}) {{\n  int {word()} = {word()}[{word()}];\n  while ({word()})\n'
                   f'    {word()}({word()} + {word()});\n  return {word()};\n}}\n' for _ in range(functions))


def write(folder, files):
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def changed(text):
    lines = text.splitlines(keepends=True)
    for i in range(0, len(lines), 25):
        lines[i] = f'static int changed{i};\n'
    return ''.join(lines)


ONE = {f'src/one{i}.c': code_of(i) for i in range(8)} | {'src/one.h': code_of(50, 6)}
TWO = {f'lib/two{i}.c': code_of(100 + i) for i in range(6)}


def make_packs(folder):
    """Components of our own: `libtwo` carries `libone`, and `zfork` is a fork of it. Then some of the starter knowledge base."""
    trees, packs = folder / 'trees', folder / 'packs'
    write(trees / 'libone-1.0', ONE)
    write(trees / 'libone-1.1', ONE | {'src/one3.c': ONE['src/one3.c'] + code_of(60, 4)})
    write(trees / 'libtwo-2.0', TWO | {f'libone/{path}': text for path, text in ONE.items()})
    write(trees / 'zfork-3', {path: changed(text) if '3' in path else text for path, text in ONE.items()} | {'src/more.c': code_of(70)})
    for tree in sorted(trees.iterdir()):
        run('kb', 'mine', tree, '-o', packs)
    for name in STARTER:
        if (PACKS / f'{name}.pack').exists():
            shutil.copy(PACKS / f'{name}.pack', packs)
    return packs


def make_subject(folder):
    write(folder, {f'third_party/one/{path}': text for path, text in ONE.items()})
    write(folder, {f'vendor/libone/{path}': changed(text) for path, text in ONE.items()})
    write(folder, {f'deps/two/{path}': text for path, text in list(TWO.items())[:4]})
    write(folder, {f'deps/two/libone/{path}': text for path, text in ONE.items()})
    write(folder, {'main.c': code_of(999), 'all.c': ''.join(TWO.values()), 'lib/titled.js': '/*! zfork v3.0.1 */\n' + code_of(998),
                   'third_party/said/package.json': '{"name": "said", "version": "1.2.3"}'})
    return folder


class Fixture(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='stowaway-store-'))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.packs = make_packs(cls.folder)
        cls.subject = make_subject(cls.folder / 'subject')
        cls.kb = cls.folder / 'all.kb'
        run('kb', 'build', cls.packs, '-o', cls.kb)
        cls.cluster = cluster.Cluster()
        cls.addClassCleanup(cls.cluster.end)
        cls.databases = 0

    def setUp(self):
        """Every test has a database of its own, and all nodes."""
        type(self).databases += 1
        self.url = self.cluster.url(f'kb{self.databases}')
        for node in self.cluster.nodes:
            if node.process is None:
                node.start()
                node.wait()

    def load(self, *packs, code=0, options=()):
        return run('kb', 'load', '--kb', self.url, *options, *(packs or [self.packs]), code=code)

    def info(self, kb):
        return dict(line.split(None, 1) for line in run('kb', 'info', '--kb', kb).stdout.splitlines())

    def answers(self, kb):
        """What users see, without where the knowledge base lies."""
        listing = self.folder / 'list.md5'
        with open(listing, 'w', encoding='utf-8') as out:
            subprocess.run("find . -type f -print0 | sort -z | xargs -0 md5sum", shell=True, cwd=self.subject, stdout=out, check=True)
        with open(listing, 'rb') as stdin:
            listed = subprocess.run([PROGRAM, '--quiet', 'scan', '--kb', kb, '--json', '-'], stdin=stdin, capture_output=True, text=True,
                                    env={**os.environ, 'SOURCE_DATE_EPOCH': '1800000000'}, check=True).stdout
        texts = [run('scan', '--kb', kb, '--json', self.subject).stdout, listed,
                 run('scan', '--kb', kb, '--json', '--no-similar', self.subject).stdout,
                 run('scan', '--kb', kb, '--format', 'cyclonedx', self.subject).stdout,
                 run('explain', '--kb', kb, '--json', '--component', 'libone', self.subject, 'vendor/libone').stdout,
                 run('kb', 'count', '--kb', kb, self.subject).stdout]
        # CycloneDX's serial number depends on it, too.
        return [re.sub('urn:uuid:[0-9a-f-]{36}', 'SERIAL', text.replace(json.dumps(str(kb)), '"KB"')) for text in texts]

    def expect_same_answers(self):
        self.assertEqual(self.answers(self.url), self.expected())

    def expected(self):
        if 'of_file' not in type(self).__dict__:
            type(self).of_file = self.answers(str(self.kb))
        return self.of_file

    def expect_refusal(self, *words, code=5):
        done = run('scan', '--kb', self.url, '--json', self.subject, code=code)
        self.assertEqual(done.stdout, '')
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr


class Answers(Fixture):
    def test_the_fixture_has_what_is_hard(self):
        found = json.loads(self.expected()[0])
        self.assertEqual({copy['component'] for copy in found['copies']}, {'libone', 'libtwo'})
        verdicts = {copy['verdict'] for copy in found['copies']}
        self.assertLessEqual({'identical', 'modified'}, verdicts)
        self.assertEqual([one['name'] for one in found['declared_only']], ['zfork', 'said'])

    def test_a_cluster_answers_as_the_index_does(self):
        self.load()
        of_file, of_cluster = self.info(self.kb), self.info(self.url)
        self.assertEqual(of_cluster.pop('file'), self.url)
        of_file.pop('file')
        self.assertEqual(of_cluster, of_file)
        self.expect_same_answers()

    def test_a_cluster_of_one_and_one_of_two(self):
        for nodes in (1, 2):
            self.url = 'clickhouse://' + ','.join(node.host for node in self.cluster.nodes[:nodes]) + f'/few{nodes}'
            self.load()
            self.expect_same_answers()

    def test_a_subject_that_touches_nothing(self):
        self.load()
        with tempfile.TemporaryDirectory() as folder:
            write(pathlib.Path(folder), {'own.c': code_of(12345)})
            for kb in (self.url, self.kb):
                self.assertEqual(json.loads(run('scan', '--kb', kb, '--json', folder).stdout)['copies'], [])

    def test_what_needs_a_file_says_so(self):
        self.load()
        self.assertIn('in a file', run('kb', 'list', '--kb', self.url, code=5).stderr)


class Loading(Fixture):
    def rows(self):
        """Different rows of each table, over all nodes."""
        columns = {'identities': '*', 'md5s': '*', 'shingles': '*', 'directories': 'pack'}
        database = self.url.rsplit('/', 1)[1]
        return {table: sum(int(node.query(f'SELECT count() FROM (SELECT DISTINCT {what} FROM {database}.{table})'))
                           for node in self.cluster.nodes) for table, what in columns.items()}

    def test_loading_again_sends_nothing(self):
        self.load()
        before = self.rows()
        done = subprocess.run([PROGRAM, 'kb', 'load', '--kb', self.url, self.packs], capture_output=True, text=True, check=True)
        self.assertIn(' 0 of them loaded: 0 rows', done.stderr)
        self.assertIn('was published before', done.stderr)
        self.assertEqual(self.rows(), before)

    def test_every_row_lies_on_two_nodes(self):
        self.load()
        counts = self.rows()
        self.url = f'clickhouse://{self.cluster.nodes[0].host}/alone'
        self.load()
        database, node = 'alone', self.cluster.nodes[0]
        for table, count in counts.items():
            alone = int(node.query(f'SELECT count() FROM (SELECT DISTINCT * FROM {database}.{table})'))
            self.assertEqual(count, 2 * alone, table)

    def test_two_machines_that_load_the_same_at_once_load_it_once(self):
        self.load()
        once, url = self.rows(), self.url
        self.url = url + 'twice'
        command = [PROGRAM, '--quiet', 'kb', 'load', '--kb', self.url, self.packs]
        both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        for one in both:
            self.assertEqual(one.wait(120), 0, one.stderr.read())
            one.stderr.close()
        self.assertEqual(self.rows(), once)
        self.assertEqual(self.info(self.url)['id'], self.info(self.kb)['id'])
        self.expect_same_answers()

    def test_machines_that_load_parts_at_once_give_the_whole(self):
        packs = sorted(self.packs.iterdir())
        both = [subprocess.Popen([PROGRAM, '--quiet', 'kb', 'load', '--kb', self.url, *packs[i::2]]) for i in range(2)]
        self.assertEqual([one.wait(120) for one in both], [0, 0])
        self.assertEqual(self.info(self.url)['id'], self.info(self.kb)['id'])
        self.expect_same_answers()

    def test_nothing_is_seen_before_it_is_published(self):
        packs = sorted(self.packs.iterdir())
        self.load(*packs[:3], options=['--no-publish'])
        self.expect_refusal('holds no knowledge base')
        self.load(*packs[:3])
        before = self.info(self.url)
        self.load(self.packs, options=['--no-publish'])
        self.assertEqual(self.info(self.url), before)
        self.load(packs[0])
        self.expect_same_answers()

    def test_a_loader_that_is_killed_leaves_what_was_and_can_go_on(self):
        packs = sorted(self.packs.iterdir())
        self.load(*packs[:3])
        before = self.info(self.url)
        for seconds in (0.05, 0.2, 0.4, 0.7):
            loader = subprocess.Popen([PROGRAM, '--quiet', 'kb', 'load', '--kb', self.url, self.packs])
            time.sleep(seconds)
            loader.send_signal(signal.SIGKILL)
            loader.wait()
            self.assertIn(self.info(self.url)['id'], {before['id'], self.info(self.kb)['id']})
        self.load()
        self.expect_same_answers()

    def test_a_newer_pack_of_a_component_takes_the_place_of_the_older(self):
        self.load()
        newer = self.folder / 'newer'
        shutil.copytree(self.packs, newer, dirs_exist_ok=True)
        write(self.folder / 'trees2/libone-1.2', ONE | {'src/one5.c': code_of(77)})
        run('kb', 'mine', self.folder / 'trees2/libone-1.2', '-o', newer)
        index = self.folder / 'newer.kb'
        run('kb', 'build', newer, '-o', index)
        self.load(newer / 'libone.pack')
        self.assertEqual(self.info(self.url)['id'], self.info(index)['id'])
        self.assertEqual(self.answers(self.url), self.answers(str(index)))


class Losses(Fixture):
    def test_one_node_lost(self):
        self.load()
        for node in self.cluster.nodes:
            node.kill()
            self.expect_same_answers()
            node.start()
            node.wait()

    def test_two_nodes_lost(self):
        self.load()
        first, second, third = self.cluster.nodes
        first.kill()
        second.kill()
        self.expect_refusal('shard 0 of 64 cannot be asked', first.host, second.host)
        third.kill()
        self.expect_refusal('no node of the cluster')
        for node in self.cluster.nodes:
            node.start()
        for node in self.cluster.nodes:
            node.wait()
        self.expect_same_answers()

    def test_a_node_that_dies_while_it_is_asked(self):
        self.load()
        stop = threading.Event()
        node = self.cluster.nodes[1]

        def kill_and_start():
            while not stop.is_set():
                node.kill()
                time.sleep(0.3)
                node.start()
                node.wait()
                time.sleep(0.3)
        killer = threading.Thread(target=kill_and_start)
        killer.start()
        try:
            expected = self.expected()[0]
            for _ in range(10):
                found = run('scan', '--kb', self.url, '--json', self.subject).stdout.replace(json.dumps(self.url), '"KB"')
                self.assertEqual(found, expected)
        finally:
            stop.set()
            killer.join()

    def test_a_node_that_comes_back_empty_is_not_believed_until_it_is_loaded_again(self):
        self.load()
        first, second, _ = self.cluster.nodes
        first.stop()
        first.forget()
        first.start()
        first.wait()
        self.expect_same_answers()
        second.kill()
        self.expect_refusal(first.host + ' is empty', second.host)
        second.start()
        second.wait()
        self.load()
        second.kill()
        self.expect_same_answers()

    def test_a_node_that_was_away_while_packs_were_loaded(self):
        packs = sorted(self.packs.iterdir())
        self.load(*packs[:4])
        first, second, third = self.cluster.nodes
        third.kill()
        self.assertIn('left out: ' + third.host, self.load(code=3).stderr)
        self.expect_same_answers()
        third.start()
        third.wait()
        self.expect_same_answers()
        first.kill()
        self.expect_refusal(f'{third.host} lacks {len(packs) - 4} of {len(packs)} packs', first.host)
        first.start()
        first.wait()
        self.load()
        second.kill()
        self.expect_same_answers()

    def test_a_node_that_lost_rows(self):
        self.load()
        first, second, _ = self.cluster.nodes
        first.query(f'ALTER TABLE kb{self.databases}.shingles DROP PARTITION tuple()')
        self.expect_same_answers()
        second.kill()
        self.expect_refusal(first.host + ' has lost rows', second.host)

    def test_nodes_in_another_order(self):
        self.load()
        hosts = [node.host for node in self.cluster.nodes]
        self.url = f'clickhouse://{hosts[1]},{hosts[0]},{hosts[2]}/kb{self.databases}'
        self.expect_refusal('is node 2 of 3', 'in the order of the first load')
        self.url = f'clickhouse://{hosts[0]},{hosts[1]}/kb{self.databases}'
        self.expect_refusal('is node 1 of 3')


class Strangers(Fixture):
    def test_addresses_that_are_none(self):
        host = self.cluster.nodes[0].host
        for url in ('clickhouse://', 'clickhouse:///x', f'clickhouse://{host}', f'clickhouse://{host}/a-b', f'clickhouse://{host},{host}/x',
                    f'clickhouse://{host}/x?y=1', 'clickhouse://a b/x', f'clickhouse://u:p@{host}/x'):
            run('kb', 'info', '--kb', url, code=5)
            run('kb', 'load', '--kb', url, self.packs, code=2)
        run('kb', 'load', '--kb', self.kb, self.packs, code=2)

    def test_an_empty_cluster(self):
        self.expect_refusal('holds no knowledge base', 'kb load')

    def test_a_server_of_another_kind(self):
        for body in (b'', b'hello', bytes(range(256)) * 8):
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self, body=body):
                    self.rfile.read(int(self.headers.get('Content-Length', 0)))
                    self.send_response(200)
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_):
                    pass
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                for nodes in (f'127.0.0.1:{server.server_port}', f'{self.cluster.nodes[0].host},127.0.0.1:{server.server_port}'):
                    self.url = f'clickhouse://{nodes}/x'
                    run('scan', '--kb', self.url, self.subject, code=5)
            finally:
                server.shutdown()
                server.server_close()

    def test_passwords(self):
        locked = cluster.Cluster(1, password='secret word')
        try:
            self.url = locked.url('locked')
            self.expect_refusal('assword')
            env = {'STOWAWAY_CLICKHOUSE_USER': 'default', 'STOWAWAY_CLICKHOUSE_PASSWORD': 'secret word'}
            run('kb', 'load', '--kb', self.url, self.packs, env=env)
            self.assertEqual(dict(line.split(None, 1) for line in run('kb', 'info', '--kb', self.url, env=env).stdout.splitlines())['id'],
                             self.info(self.kb)['id'])
        finally:
            locked.end()


if __name__ == '__main__':
    if cluster.server() is None:
        print('skipped: no clickhouse-server (Debian package clickhouse-server)')
        sys.exit(SKIPPED)
    unittest.main()
