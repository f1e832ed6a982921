"""The deployment, as packaging/deploy has it, under load while replicas and nodes are killed. Usage: deploy_test.py STOWAWAY DEPLOY

HAProxy, three replicas, PostgreSQL and the knowledge base on three ClickHouse servers run on the loopback interface, in temporary
directories, and are ended by their process ids. How long the load lasts: SECONDS (8)."""
import glob
import hashlib
import http.client
import json
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'store'))
import cluster  # noqa: E402  (found through the path above)

PASSWORDS = {'READER': 'reads: a & b', 'LOADER': 'loads'}
PROGRAM, DEPLOY = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
del sys.argv[1:3]
HERE = pathlib.Path(__file__).parent
SECONDS = float(os.environ.get('SECONDS', '8'))
HAPROXY = shutil.which('haproxy', path=os.environ['PATH'] + ':/usr/sbin')
POSTGRES = max(glob.glob('/usr/lib/postgresql/*/bin'), default='')
MOST_TRIES = 40


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


def wait_for(what, port, path=None):
    for _ in range(400):
        try:
            if path is None:
                socket.create_connection(('127.0.0.1', port), timeout=1).close()
                return
            connection = http.client.HTTPConnection('127.0.0.1', port, timeout=2)
            connection.request('GET', path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f'{what} did not come up')


class Postgres:
    """A server of the test's own; as an unprivileged user where the test runs as root."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='stowaway-deploy-pg-')
        self.port = free_port()
        user = pwd.getpwnam('postgres') if os.getuid() == 0 else None
        self.as_user = {'user': user.pw_uid, 'group': user.pw_gid, 'extra_groups': []} if user else {}
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.log = open(os.path.join(self.folder, 'log'), 'wb')
        subprocess.run([f'{POSTGRES}/initdb', '-D', f'{self.folder}/data', '-U', 'tester', '--auth=trust', '--encoding=UTF8',
                        '--no-sync'], check=True, stdout=self.log, stderr=self.log, cwd='/', **self.as_user)
        self.process = subprocess.Popen(
            [f'{POSTGRES}/postgres', '-D', f'{self.folder}/data', '-p', str(self.port), '-c', 'listen_addresses=127.0.0.1',
             '-c', 'unix_socket_directories=', '-c', 'fsync=off'], stdout=self.log, stderr=self.log, cwd='/', **self.as_user)
        self.url = f'postgresql://tester@127.0.0.1:{self.port}/postgres'

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Replica:
    def __init__(self, folder, environment, kb, number):
        self.folder, self.environment, self.kb, self.number, self.port = folder, environment, kb, number, free_port()
        self.start()

    def start(self):
        with open(self.folder / f'replica{self.number}.log', 'ab') as log:
            self.process = subprocess.Popen(
                [PROGRAM, '-q', '--kb', self.kb, 'serve', '--listen', f'127.0.0.1:{self.port}', '--session-key', 'key',
                 '--trust-forwarded', '--https-in-front', '--advisories', 'advisories.db', '--no-try'],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log, env=self.environment)

    def end(self, how):
        self.process.send_signal(how)
        return self.process.wait(40)


class Load:
    """Clients that read and write until they are told to stop; each write until it is done."""

    def __init__(self, port, token, body):
        self.port, self.token, self.body = port, token, body
        self.expected = self.ask('POST', '/v1/identify?name=x')[1]
        found = [(copy['component'], copy['path'], copy['versions']) for copy in json.loads(self.expected)['copies']]
        assert found == [('libdemo', 'vendor/demo', ['1.1'])], found
        self.stop, self.guard = threading.Event(), threading.Lock()
        self.written, self.answers, self.wrong, self.failed = [], 0, [], []
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(6)]
        for thread in self.threads:
            thread.start()

    def ask(self, method, path):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        try:
            connection.request(method, path, self.body,
                               {'Content-Type': 'text/plain', 'Authorization': f'Bearer {self.token}'})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def until_done(self, method, path):
        for attempt in range(MOST_TRIES):
            try:
                status, body = self.ask(method, path)
                if status < 300:
                    return body
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            with self.guard:
                self.failed.append(status)
            time.sleep(0.05 * (attempt + 1))
        raise AssertionError(f'{method} {path} failed {MOST_TRIES} times')

    def work(self, number):
        count = 0
        while not self.stop.is_set():
            count += 1
            body = self.until_done('POST', '/v1/identify?name=x')
            name = f'm-{number}-{count}'
            written = json.loads(self.until_done('PUT', f'/v1/subject?name={name}&version=1'))
            with self.guard:
                self.answers += 1
                self.written.append(name)
                if body != self.expected or written['copies'] != 1:
                    self.wrong.append((body, written))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


class Deployment(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.replicas, cls.proxy, cls.postgres, cls.nodes = [], None, None, None
        try:
            cls.set_up()
        except BaseException:
            for file in cls.folder.glob('*.log'):
                print(file.name, file.read_text(errors='replace')[-2000:])
            cls.tearDownClass()
            raise

    @classmethod
    def set_up(cls):
        cls.made = tempfile.TemporaryDirectory(prefix='stowaway-deploy-')
        cls.folder = pathlib.Path(cls.made.name)
        cls.postgres = Postgres()
        wait_for('postgres', cls.postgres.port)
        users = (DEPLOY / 'clickhouse/users.xml').read_text()
        for user in ('READER', 'LOADER'):
            users = users.replace(user, hashlib.sha256(PASSWORDS[user].encode()).hexdigest())
        cls.nodes = cluster.Cluster(password='not the default one',
                                    more={'config': (DEPLOY / 'clickhouse/config.xml').read_text(), 'users': users})
        subprocess.run(['sh', '-eu', '-c', f'. "{HERE.parent}/cli/setup.sh"\nmake_kb\nembed 1.1 app/vendor/demo'], cwd=cls.folder,
                       check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, 'PATH': f'{os.path.dirname(PROGRAM)}:{os.environ["PATH"]}'})
        (cls.folder / 'osv.json').write_text(json.dumps({
            'id': 'CVE-2020-1', 'modified': '2024-01-01T00:00:00Z',
            'affected': [{'package': {'ecosystem': 'Upstream', 'name': 'libdemo'},
                          'ranges': [{'type': 'ECOSYSTEM', 'events': [{'introduced': '0'}, {'fixed': '1.2'}]}]}]}))
        (cls.folder / 'key').write_text('k' * 64)
        # A fixed clock, so that answers can be compared byte for byte.
        cls.environment = {**os.environ, 'STOWAWAY_LEDGER': cls.postgres.url, 'SOURCE_DATE_EPOCH': '1800000000',
                           'HOME': str(cls.folder), 'XDG_CACHE_HOME': str(cls.folder / 'cache')}
        for _ in range(100):  # it takes connections a moment before it answers
            made = subprocess.run([PROGRAM, '-q', 'token', 'make', 'fleet', '--subject', 'm-*'], cwd=cls.folder,
                                  env=cls.environment, capture_output=True, text=True)
            if made.returncode == 0:
                break
            time.sleep(0.1)
        assert made.returncode == 0, made.stderr
        cls.token = made.stdout.strip()
        subprocess.run([PROGRAM, '-q', 'advisory', 'import', 'osv.json', '-o', 'advisories.db'], cwd=cls.folder, check=True,
                       env=cls.environment)
        subprocess.run([PROGRAM, '-q', 'kb', 'load', '--kb', cls.nodes.url(), 'packs'], cwd=cls.folder, check=True,
                       env=cls.as_user('LOADER'))
        cls.replicas = [Replica(cls.folder, cls.as_user('READER'), cls.nodes.url(), number) for number in (1, 2, 3)]
        cls.port, cls.log = free_port(), open(cls.folder / 'haproxy.log', 'wb')
        places = {f'REPLICA_{one.number}': f'127.0.0.1:{one.port}' for one in cls.replicas}
        cls.proxy = subprocess.Popen([HAPROXY, '-f', str(DEPLOY / 'haproxy.cfg'), '-db'], cwd=cls.folder,
                                     env={**os.environ, **places, 'LISTEN': f'127.0.0.1:{cls.port}'},
                                     stdout=subprocess.DEVNULL, stderr=cls.log)
        wait_for('the deployment', cls.port, '/readyz')
        cls.body = subprocess.run(['sh', '-c', 'find . -type f | sort | xargs md5sum'], cwd=cls.folder / 'app',
                                  capture_output=True, check=True).stdout

    @classmethod
    def as_user(cls, name):
        return {**cls.environment, 'STOWAWAY_CLICKHOUSE_USER': 'stowaway_' + name.lower(), 'STOWAWAY_CLICKHOUSE_PASSWORD': PASSWORDS[name]}

    @classmethod
    def tearDownClass(cls):
        if cls.proxy:
            cls.proxy.terminate()
            cls.proxy.wait(70)
            cls.log.close()
        for one in cls.replicas:
            one.end(signal.SIGTERM)
        if cls.postgres:
            cls.postgres.stop()
        if cls.nodes:
            cls.nodes.end()
        logs = ''.join(file.read_text(errors='replace') for file in cls.folder.glob('replica*.log'))
        cls.made.cleanup()
        assert 'ERROR: AddressSanitizer' not in logs and 'runtime error' not in logs, logs[-3000:]

    def subjects(self):
        listed = subprocess.run([PROGRAM, '-q', 'track', 'list', '--every-version', '--json'], env=self.environment, cwd=self.folder,
                                capture_output=True, check=True)
        return [row['subject'] for row in json.loads(listed.stdout)['snapshots']]

    def check(self, load):
        self.assertFalse(load.wrong, load.wrong[:1])
        self.assertGreater(load.answers, 20)
        recorded = [name for name in self.subjects() if name in set(load.written)]
        self.assertEqual(sorted(recorded), sorted(load.written), 'each write once')

    def kill_replicas(self, end):
        """One after the other, each of which is started again; how many."""
        kills = 0
        while time.monotonic() < end:
            one = random.choice(self.replicas)
            one.end(signal.SIGKILL)
            kills += 1
            time.sleep(0.3)
            one.start()
            wait_for('a replica', one.port, '/readyz')
            time.sleep(0.2)
        return kills

    def kill_nodes(self, end, killed):
        """The same with the nodes of the knowledge base."""
        while time.monotonic() < end:
            node = random.choice(self.nodes.nodes)
            node.kill()
            killed.append(node)
            time.sleep(0.5)
            node.start()
            node.wait()
            time.sleep(2.5)  # until the replicas have seen it

    def test_1_killed_replicas_and_nodes_lose_nothing(self):
        load, killed = Load(self.port, self.token, self.body), []
        random.seed(5)
        end = time.monotonic() + SECONDS
        killer = threading.Thread(target=self.kill_nodes, args=(end, killed))
        killer.start()
        kills = self.kill_replicas(end)
        killer.join()
        load.end()
        self.check(load)
        self.assertGreater(kills, 3)
        self.assertGreater(len(killed), 1)
        print(f'{kills} replicas and {len(killed)} nodes killed; {load.answers} answers and as many writes, none wrong, none lost; '
              f'{len(load.failed)} requests failed and were tried again: {sorted(set(map(str, load.failed)))}')

    def test_2_an_upgrade_is_not_noticed(self):
        load = Load(self.port, self.token, self.body)
        for one in self.replicas:
            time.sleep(0.5)
            self.assertEqual(one.end(signal.SIGTERM), 0)
            one.start()
            wait_for('a replica', one.port, '/readyz')
            time.sleep(1.5)  # until HAProxy has seen it
        load.end()
        self.check(load)
        self.assertEqual(load.failed, [])
        print(f'each replica replaced; {load.answers} answers and as many writes, no failed request')

    def test_3_our_client_waits_while_all_are_away(self):
        for one in self.replicas:
            one.end(signal.SIGKILL)
        scan = subprocess.Popen([PROGRAM, '--kb', f'http://127.0.0.1:{self.port}', 'scan', '--json', 'app'], cwd=self.folder,
                                env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.5)
        for one in self.replicas:
            one.start()
        out, errors = scan.communicate(timeout=60)
        self.assertEqual(scan.returncode, 0, errors)
        self.assertIn(b'trying again', errors)
        self.assertEqual(json.loads(out)['copies'][0]['component'], 'libdemo')

    def test_4_nobody_makes_up_an_address(self):
        """What a client says of itself never reaches the record: HAProxy says who it is."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        connection.request('PUT', '/v1/subject?name=m-forwarded&version=1', self.body,
                           {'Content-Type': 'text/plain', 'Authorization': f'Bearer {self.token}', 'X-Forwarded-For': '10.9.9.9'})
        self.assertIn(connection.getresponse().status, (200, 201))
        connection.close()
        log = subprocess.run([PROGRAM, '-q', 'token', 'log', '--count', '5'], env=self.environment, cwd=self.folder,
                             capture_output=True, text=True, check=True).stdout
        self.assertIn('m-forwarded', log)
        self.assertNotIn('10.9.9.9', log)

    def test_6_who_reads_cannot_load(self):
        for user, said in (('READER', 'readonly'), (None, 'assword')):
            environment = self.as_user(user) if user else self.environment
            done = subprocess.run([PROGRAM, '-q', 'kb', 'load', '--kb', self.nodes.url('another'), 'packs'], cwd=self.folder, env=environment,
                                  capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(said, done.stderr)
            for password in PASSWORDS.values():
                self.assertNotIn(password, done.stderr)

    def test_5_metrics_stay_inside(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        connection.request('GET', '/metrics')
        self.assertEqual(connection.getresponse().status, 404)


class Unit(unittest.TestCase):
    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd-analyze is not here')
    def test_the_unit_is_hardened(self):
        done = subprocess.run(['systemd-analyze', 'security', '--offline=yes', str(DEPLOY / 'stowaway-serve@.service')],
                              capture_output=True, text=True, env={**os.environ, 'SYSTEMD_COLORS': '0'})
        score = float(re.search(r'exposure level for .*: ([0-9.]+)', done.stdout).group(1))
        self.assertLessEqual(score, 1.2, 'docs/guide/deploy.md states 1.1')


if __name__ == '__main__':
    if not HAPROXY or not POSTGRES or not cluster.server():
        print('skipped: haproxy, postgresql and clickhouse-server are needed (packaging/dependencies/test.txt)')
        sys.exit(77)
    unittest.main(verbosity=2)
