"""Publishing, pulling, and what a mirror may do wrong. Usage: pull_test.py STOWAWAY

The server is one of ours on the loopback interface; it counts, cuts short and lies as it is told. Signatures are also checked by
signify, another program, where it is installed (packaging/dependencies/test.txt names it)."""
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
HERE = pathlib.Path(__file__).parent
DAY = 86400
NOW = 1_800_000_000


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(('127.0.0.1', 0), Handler)
        self.folder = folder
        self.asked = []      # (path, range)
        self.cut = {}        # path -> bytes after which the connection ends, once
        self.lies = {}       # path -> bytes to send instead
        self.slow = set()
        self.ranges = True
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_port}'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        path, server = self.path.lstrip('/'), self.server
        wanted = self.headers.get('Range')
        server.asked.append((path, wanted))
        if path in server.slow:
            time.sleep(30)
        file = server.folder / path
        body = server.lies.get(path)
        if body is None:
            if not file.is_file():
                self.send_error(404)
                return
            body = file.read_bytes()
        first = 0
        if wanted and server.ranges:
            first = int(re.match(r'bytes=(\d+)-', wanted).group(1))
        self.send_response(206 if first else 200)
        if first:
            self.send_header('Content-Range', f'bytes {first}-{len(body) - 1}/{len(body)}')
        body = body[first:]
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if path in server.cut:
            self.wfile.write(body[:server.cut.pop(path)])
            self.wfile.flush()
            self.connection.close()
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Repository(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory(prefix='stowaway-repository-')
        subprocess.run(['sh', '-eu', '-c', f'''. "{HERE.parent}/cli/setup.sh"
make_component
stowaway --quiet kb mine --catalog catalog -o packs
sed "s/libdemo/libother/; s,$PWD/libother,$PWD/libdemo," catalog/libdemo.catalog > other.catalog
stowaway --quiet kb mine --catalog other.catalog -o packs
embed 1.1 app/vendor/demo
code libdemo/src/two.c two 60 && release 1.3 2023-01-01
stowaway --quiet kb mine --catalog catalog -o newer && cp packs/libother.pack newer/ && cp packs/libdemo.pack newer/
stowaway --quiet kb mine --catalog catalog -o newer
stowaway --quiet kb keygen key && stowaway --quiet kb keygen other
'''], check=True, cwd=cls.made.name, env={**os.environ, 'PATH': os.path.dirname(PROGRAM) + ':' + os.environ['PATH']})

    @classmethod
    def tearDownClass(cls):
        cls.made.cleanup()

    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix='stowaway-pull-')
        self.folder = pathlib.Path(self.place.name)
        shutil.copytree(pathlib.Path(self.made.name), self.folder / 'w', symlinks=True)
        self.top = self.folder / 'w'
        self.now = NOW
        self.publish('packs')
        self.server = Server(self.top / 'site')

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.place.cleanup()

    def run_(self, *arguments, status=0):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(('STOWAWAY', 'XDG')) and not k.lower().endswith('_proxy')}
        environment |= {'HOME': str(self.folder / 'home'), 'SOURCE_DATE_EPOCH': str(self.now)}
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.top, env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout + done.stderr

    def publish(self, packs, site='site', key='key.sec', *more):
        return self.run_('kb', 'publish', packs, '-o', site, '--key', key, '--name', 'demo', *more)

    def pull(self, *more, status=0):
        return self.run_('kb', 'pull', self.server.url, '--to', 'local', *more, status=status)

    def first_pull(self):
        return self.pull('--key', 'key.pub')

    def local(self):
        return {file.name: file.read_bytes() for file in sorted((self.top / 'local').glob('*.pack'))}

    def packs_of(self, folder):
        return {file.name: file.read_bytes() for file in sorted((self.top / folder).glob('*.pack'))}

    def listing(self):
        return json.loads((self.top / 'site/index.json').read_text())

    def path_of(self, component):
        return next(p['path'] for p in self.listing()['packs'] if p['component'] == component)

    def test_a_first_pull_gives_a_knowledge_base_that_answers(self):
        text = self.first_pull()
        self.assertIn('2 new, 0 changed, 0 gone, 0 as they were', text)
        self.assertEqual(self.local(), self.packs_of('packs'))
        self.assertIn('vendor/demo', self.run_('--kb', 'local/default.kb', 'scan', 'app'))
        self.assertIn('found at their version', self.run_('--kb', 'local/default.kb', 'kb', 'self-test'))

    def test_without_to_it_goes_where_scans_look(self):
        self.run_('kb', 'pull', self.server.url, '--key', 'key.pub')
        self.assertIn('vendor/demo', self.run_('scan', 'app'))

    def test_a_second_pull_fetches_only_what_changed(self):
        self.first_pull()
        self.publish('newer')
        self.server.asked.clear()
        text = self.run_('kb', 'pull', '--to', 'local')  # address and key are remembered
        self.assertIn('0 new, 1 changed, 0 gone, 1 as they were', text)
        self.assertEqual([path for path, _ in self.server.asked if path.endswith('.pack')], [self.path_of('libdemo')])
        self.assertEqual(self.local(), self.packs_of('newer'))
        self.server.asked.clear()
        self.pull()
        self.assertEqual([path for path, _ in self.server.asked], ['index.json', 'index.json.sig'])

    def test_what_is_no_longer_listed_goes(self):
        self.first_pull()
        (self.top / 'packs/libother.pack').unlink()
        self.publish('packs')
        self.assertIn('1 gone', self.pull())
        self.assertEqual(list(self.local()), ['libdemo.pack'])

    def test_a_reader_of_the_list_before_still_finds_its_packs(self):
        before = self.path_of('libdemo')
        self.publish('newer')
        self.assertTrue((self.top / 'site' / before).exists())
        self.publish('newer')
        self.assertFalse((self.top / 'site' / before).exists())

    def test_a_broken_download_goes_on_where_it_ended(self):
        path = self.path_of('libdemo')
        size = (self.top / 'site' / path).stat().st_size
        self.server.cut[path] = size // 2
        text = self.first_pull()
        self.assertIn('were here from a broken download', text)
        self.assertIn((path, f'bytes={size // 2}-'), self.server.asked)
        self.assertEqual(self.local(), self.packs_of('packs'))

    def test_a_server_without_ranges_sends_it_whole_again(self):
        self.server.ranges = False
        path = self.path_of('libdemo')
        self.server.cut[path] = 100
        self.first_pull()
        self.assertEqual(self.local(), self.packs_of('packs'))

    def test_a_killed_pull_leaves_nothing_broken(self):
        path = self.path_of('libother')
        self.server.slow.add(path)
        environment = {**os.environ, 'HOME': str(self.folder / 'home'), 'SOURCE_DATE_EPOCH': str(NOW)}
        process = subprocess.Popen([PROGRAM, '--quiet', 'kb', 'pull', self.server.url, '--to', 'local', '--key', 'key.pub'], cwd=self.top,
                                   env=environment, stderr=subprocess.DEVNULL)
        while path not in [asked for asked, _ in self.server.asked]:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertEqual(self.local(), {})
        self.server.slow.clear()
        self.server.asked.clear()
        self.first_pull()
        self.assertEqual(self.local(), self.packs_of('packs'))
        self.assertNotIn(self.path_of('libdemo'), [asked for asked, _ in self.server.asked])  # was whole already

    def refused(self, why, *more, status=6, before=None):
        text = self.pull(*more, status=status)
        self.assertIn('refused', text)
        self.assertIn(why, text)
        self.assertEqual(self.local(), self.packs_of('packs') if before is None else before)

    def test_a_list_that_was_tampered_with(self):
        self.first_pull()
        text = (self.top / 'site/index.json').read_bytes()
        self.server.lies['index.json'] = text.replace(b'"releases": 3', b'"releases": 4')
        self.refused('tampered')

    def test_another_key(self):
        self.first_pull()
        shutil.rmtree(self.top / 'site')
        self.publish('newer', 'site', 'other.sec')
        self.refused('signed with the key')
        self.pull('--key', 'other.pub')  # unless the user says so
        self.assertEqual(self.local(), self.packs_of('newer'))

    def test_a_pack_that_was_tampered_with(self):
        self.first_pull()
        self.publish('newer')
        path = self.path_of('libdemo')
        body = bytearray((self.top / 'site' / path).read_bytes())
        body[len(body) // 2] ^= 1
        self.server.lies[path] = bytes(body)
        self.refused('is not what the list says')

    def test_a_pack_without_end(self):
        self.first_pull()
        self.publish('newer')
        path = self.path_of('libdemo')
        self.server.lies[path] = (self.top / 'site' / path).read_bytes() + bytes(10_000_000)
        self.refused('longer than the list says', status=3)

    def test_a_mirror_that_is_half_updated(self):
        self.first_pull()
        self.publish('newer')
        (self.top / 'site' / self.path_of('libdemo')).unlink()
        self.refused('mixed')

    def test_an_older_list_is_a_rollback(self):
        self.publish('newer')
        older = {name: (self.top / 'site' / name).read_bytes() for name in ('index.json', 'index.json.sig')}
        self.publish('newer')
        self.first_pull()
        self.server.lies.update(older)
        self.refused('rolled back', before=self.packs_of('newer'))

    def test_two_lists_of_one_number(self):
        self.first_pull()
        shutil.rmtree(self.top / 'site')
        self.publish('newer')
        self.refused('mixed')

    def test_another_knowledge_base(self):
        self.first_pull()
        shutil.rmtree(self.top / 'site')
        self.run_('kb', 'publish', 'newer', '-o', 'site', '--key', 'key.sec', '--name', 'evil')
        self.refused('"evil"')

    def test_a_list_that_has_expired(self):
        self.first_pull()
        self.now = NOW + 91 * DAY
        self.refused('stale', status=6)
        self.pull('--expired')
        self.publish('newer')
        self.pull()
        self.assertEqual(self.local(), self.packs_of('newer'))

    def test_no_key_no_trust(self):
        self.assertIn('--key FILE.pub', self.pull(status=2))
        self.assertEqual(self.local(), {})

    def test_the_secret_key_is_nobody_elses(self):
        self.assertEqual((self.top / 'key.sec').stat().st_mode & 0o077, 0)
        self.assertIn('not written over', self.run_('kb', 'keygen', 'key', status=2))

    def test_signify_agrees(self):
        signify = shutil.which('signify-openbsd')
        self.assertIsNotNone(signify, 'install signify-openbsd: packaging/dependencies/test.txt')
        verify = [signify, '-V', '-p', 'key.pub', '-x', 'site/index.json.sig', '-m', 'site/index.json']
        self.assertEqual(subprocess.run(verify, cwd=self.top, capture_output=True).returncode, 0)
        subprocess.run([signify, '-G', '-n', '-p', 's.pub', '-s', 's.sec'], cwd=self.top, check=True)
        self.run_('kb', 'publish', 'packs', '-o', 'site2', '--key', 's.sec', '--name', 'demo')
        self.run_('kb', 'pull', f'file://{self.top}/site2', '--to', 'local2', '--key', 's.pub')
        self.assertEqual(self.packs_of('local2'), self.packs_of('packs'))


unittest.main()
