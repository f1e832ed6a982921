"""A server whose knowledge base is a cluster, beside one whose knowledge base is a file. Usage: cluster_test.py STOWAWAY

Three ClickHouse servers on the loopback interface, which are killed and come back; and what a server does when another knowledge
base is put in the place of its own."""
import json
import shutil
import subprocess
import sys
import threading
import time
import unittest

from support import HERE, ServerCase

sys.path.insert(0, str(HERE.parent / 'store'))
import cluster  # noqa: E402  (found through the path above)

SKIPPED = 77
TEXT = {'header_Content_Type': 'text/plain'}
PASSWORD = 'secret + more'
PATIENCE = 60  # seconds in which a server must notice


class Case(ServerCase):
    @classmethod
    def start_with(cls, kb, *options):
        """A server of its own, as a class that can be asked."""
        other = type('Other', (ServerCase,), {})
        other.folder, other.environment, other.tokens = cls.folder, cls.environment, cls.tokens
        other.kb, other.serve_options = str(kb), options
        other.start()
        return other()

    def wait_for(self, what, check):
        for _ in range(PATIENCE * 10):
            if check():
                return
            time.sleep(0.1)
        self.fail(f'{what} was not noticed')


class OnACluster(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nodes = cluster.Cluster(password=PASSWORD)
        cls.addClassCleanup(cls.nodes.end)
        cls.environment = {**cls.environment, 'STOWAWAY_CLICKHOUSE_PASSWORD': PASSWORD}
        cls.url_of_kb = cls.nodes.url()
        cls.run_program('kb', 'load', '--kb', cls.url_of_kb, 'packs')
        cls.there = cls.start_with(cls.url_of_kb)
        cls.addClassCleanup(cls.there.stop)

    def setUp(self):
        for node in self.nodes.nodes:
            if node.process is None:
                node.start()
                node.wait()
        self.wait_for('that all nodes are back', lambda: self.there.ask('GET', '/readyz').status == 200)

    def without_place(self, answer):
        """The body, without what names the one knowledge base or the other."""
        text = answer.body.decode()
        for kb in ('demo.kb', self.url_of_kb):
            text = text.replace(json.dumps(kb), '"KB"')
        return text

    def same(self, method, path, body=None, **more):
        here, there = self.ask(method, path, body, **more), self.there.ask(method, path, body, **more)
        self.assertEqual(there.status, here.status, f'{path} {there.body}')
        strip = lambda answer: [line for line in self.without_place(answer).splitlines() if '"timestamp"' not in line]
        self.assertEqual(strip(there), strip(here), path)
        self.assertEqual(there.headers.get('x-stowaway-kb'), here.headers.get('x-stowaway-kb'))
        return there

    def test_every_answer_is_the_same(self):
        self.assertEqual(self.same('GET', '/v1/kb').json['components'], 1)
        for tree in ('app', 'app2', 'libdemo'):
            self.same('POST', '/v1/identify', self.md5_list(tree), name='x', **TEXT)
            self.same('POST', '/v1/identify', self.md5_list(tree), name='x', format='table', **TEXT)
        self.assertEqual(len(self.same('GET', '/v1/component', name='libdemo').json['known'][0]['releases']), 3)
        self.assertEqual(self.same('GET', '/v1/component', name='no such thing').status, 404)
        self.assertEqual(len(self.same('GET', '/v1/who-embeds', q='libdemo < 1.2').json['embedders']), 1)
        self.same('GET', '/v1/spread', component='LibDemo')
        for name in ('app', '<b>app2</b>'):
            self.same('GET', '/v1/audit', name=name)
        self.assertEqual(len(self.same('GET', '/v1/advisory', id='CVE-2020-1').json['hits']), 2)
        self.assertEqual(len(self.same('GET', '/v1/advisories', component='libdemo').json['advisories']), 1)
        self.same('GET', '/readyz')

    def test_scan_at_the_server_is_scan_here(self):
        for tree in ('app', 'app2', 'libdemo@v1.0'):
            here = json.loads(self.run_program('--kb', 'demo.kb', 'scan', '--json', '--no-cache', tree).stdout)
            there = json.loads(self.run_program('--kb', self.there.url, 'scan', '--json', tree).stdout)
            here['timestamp'] = there['timestamp']
            here['kb']['path'] = there['kb']['path']
            self.assertEqual(there, here)

    def test_what_is_submitted_is_what_a_file_finds(self):
        listed = self.md5_list()
        for asked in (self, self.there):
            self.assertIn(asked.ask('PUT', '/v1/subject', listed, token='submit', name='build-1', version='1', **TEXT).status, (200, 201))
            self.assertEqual(self.ask('GET', '/v1/subject', name='build-1').json['copies'][0]['versions'], ['1.1'])

    def test_what_is_uploaded_is_scanned_against_the_cluster(self):
        archive = subprocess.run(['tar', 'c', 'app'], cwd=self.folder, capture_output=True, check=True).stdout
        made = self.there.ask('POST', '/v1/try', archive, name='app.tar', header_Content_Type='application/octet-stream')
        self.assertEqual(made.status, 202)
        self.wait_for('the end of the scan', lambda: self.there.ask('GET', '/v1/try', id=made.json['id']).json['stage'] in ('done', 'failed'))
        state = self.there.ask('GET', '/v1/try', id=made.json['id']).json
        self.assertEqual(state['stage'], 'done', state)
        self.assertEqual([copy['versions'] for copy in state['report']['copies']], [['1.1']])

    def test_many_at_once(self):
        expected, wrong = self.same('POST', '/v1/identify', self.md5_list(), name='x', **TEXT).json['copies'], []

        def ask():
            for _ in range(8):
                answer = self.there.ask('POST', '/v1/identify', self.md5_list(), name='x', **TEXT)
                if answer.status != 200 or answer.json['copies'] != expected:
                    wrong.append(answer.body)
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_nodes_that_are_lost_and_come_back(self):
        self.nodes.nodes[1].kill()
        self.test_every_answer_is_the_same()
        self.nodes.nodes[2].kill()
        self.wait_for('that a shard is lost', lambda: self.there.ask('GET', '/readyz').status == 503)
        answer = self.there.ask('POST', '/v1/identify', self.md5_list(), name='x', **TEXT)
        self.assertEqual(answer.status, 503)
        self.assertNotIn(PASSWORD.encode(), answer.body)
        self.assertRegex(answer.json['error']['message'], r'^shard \d+ of 64 cannot be asked: ')
        self.assertIn('retry-after', answer.headers)
        for path, query in (('/v1/audit', {'name': 'app'}), ('/v1/advisory', {'id': 'CVE-2020-1'}), ('/v1/component', {'name': 'libdemo'})):
            # Either all of it, from what is remembered, or nothing.
            asked = self.there.ask('GET', path, **query)
            if asked.status != 503:
                self.same('GET', path, **query)
        self.assertEqual(self.there.ask('GET', '/healthz').status, 200)
        self.nodes.nodes[1].start()
        self.nodes.nodes[1].wait()
        self.wait_for('that the shards are back', lambda: self.there.ask('GET', '/readyz').status == 200)
        self.test_every_answer_is_the_same()


class AnotherKnowledgeBase(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shutil.copytree(cls.folder / 'packs', cls.folder / 'packs2')
        tree = cls.folder / 'other-2.0'
        shutil.copytree(cls.folder / 'app2/lib/demo', tree)
        (tree / 'src/more.c').write_text('int more(int a) { return a * 17 + 4; }\n' * 40)
        cls.run_program('kb', 'mine', 'other-2.0', '-o', 'packs2')

    def test_a_file_that_takes_the_place_of_another(self):
        self.run_program('kb', 'build', 'packs', '-o', 'serving.kb')
        there = self.start_with('serving.kb')
        self.addCleanup(there.stop)
        self.replace_and_expect(there, lambda: self.run_program('kb', 'build', 'packs2', '-o', 'serving.kb'))
        (self.folder / 'serving.kb').unlink()
        self.assertEqual(there.ask('GET', '/v1/kb').json['components'], 2)
        self.run_program('kb', 'build', 'packs', '-o', 'serving.kb')
        self.wait_for('the file that came back', lambda: there.ask('GET', '/v1/kb').json['components'] == 1)

    def test_a_cluster_where_another_is_published(self):
        nodes = cluster.Cluster()
        self.addCleanup(nodes.end)
        self.run_program('kb', 'load', '--kb', nodes.url(), 'packs')
        there = self.start_with(nodes.url())
        self.addCleanup(there.stop)
        self.replace_and_expect(there, lambda: self.run_program('kb', 'load', '--kb', nodes.url(), 'packs2'))

    def replace_and_expect(self, there, replace):
        before = there.ask('GET', '/v1/kb').json
        self.assertEqual(before['components'], 1)
        replace()
        self.wait_for('the newer one', lambda: there.ask('GET', '/v1/kb').json['id'] != before['id'])
        self.assertEqual(there.ask('GET', '/v1/kb').json['components'], 2)
        self.assertEqual(there.ask('GET', '/readyz').json['kb'], there.ask('GET', '/v1/kb').json['id'])
        # What was left out for the old one is not taken for the new one.
        late = there.ask('POST', '/v1/identify', self.md5_list(), header_X_Stowaway_Kb=before['id'], **TEXT)
        self.assertEqual(late.status, 409)
        now = there.ask('POST', '/v1/identify', self.md5_list(), **TEXT)
        self.assertEqual((now.status, now.headers['x-stowaway-kb']), (200, there.ask('GET', '/v1/kb').json['id']))


if __name__ == '__main__':
    if cluster.server() is None:
        print('skipped: clickhouse-server is not installed')
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
