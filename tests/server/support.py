"""A server with a small knowledge base and a ledger, and a client that checks each answer against the server's own description."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import jsonschema

PROGRAM = os.path.abspath(sys.argv.pop(1))
HERE = pathlib.Path(__file__).parent
OPENAPI = json.loads((HERE.parent.parent / 'src/server/openapi.json').read_text())
SCHEMAS = {f'/schema/{file.name}': json.loads(file.read_text())
           for file in (HERE.parent.parent / 'schema').glob('*.json')}


def validate(instance, schema):
    """Draft 2020-12, as OpenAPI 3.1 has it; references to our own schemas are files."""
    document = {**schema, 'components': OPENAPI['components']}
    store = {**SCHEMAS, **{schema['$id']: schema for schema in SCHEMAS.values()}}
    resolver = jsonschema.RefResolver('', document, store=store)
    jsonschema.Draft202012Validator(document, resolver=resolver).validate(instance)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


def check_described(method, path, answer):
    """The answer has a status, a type and a shape that openapi.json promises."""
    described = OPENAPI['paths'][path][method.lower()]['responses']
    promised = described.get(str(answer.status)) or described['default']
    if answer.status == 304:
        assert not answer.body
        return
    kind = answer.headers['content-type'].split(';')[0]
    content = promised['content']
    assert kind in content or '*/*' in content, f'{method} {path} {answer.status}: {kind} is not described'
    schema = content.get(kind, {}).get('schema')
    if kind == 'application/json' and schema:
        validate(answer.json, schema)


class ServerCase(unittest.TestCase):
    serve_options, kb = (), 'demo.kb'

    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory(prefix='stowaway-server-')
        cls.folder = pathlib.Path(cls.made.name)
        subprocess.run(['sh', '-eu', '-c', f'''. "{HERE.parent}/cli/setup.sh"
make_kb
embed 1.1 app/vendor/demo
embed 1.2 app2/lib/demo
'''], cwd=cls.folder, check=True, stdout=subprocess.DEVNULL, env={
            **os.environ, 'PATH': f'{os.path.dirname(PROGRAM)}:{os.environ["PATH"]}'})
        (cls.folder / 'osv.json').write_text(json.dumps({
            'id': 'CVE-2020-1', 'modified': '2024-01-01T00:00:00Z', 'summary': 'A <b>flaw</b> in demo',
            'affected': [{'package': {'ecosystem': 'Upstream', 'name': 'libdemo'},
                          'ranges': [{'type': 'ECOSYSTEM', 'events': [{'introduced': '0'}, {'fixed': '1.2'}]}]}]}))
        cls.environment = {**os.environ, 'STOWAWAY_LEDGER': str(cls.folder / 'ledger.db'),
                           'XDG_CACHE_HOME': str(cls.folder / 'cache'), 'HOME': str(cls.folder),
                           # AddressSanitizer holds back what was freed: not what the server holds.
                           'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':quarantine_size_mb=8'}
        cls.run_program('advisory', 'import', 'osv.json', '-o', 'advisories.db')
        for name, tree in (('app', 'app'), ('<b>app2</b>', 'app2')):
            cls.run_program('--kb', 'demo.kb', 'track', 'add', name, '--version', '1', tree)
        cls.tokens = {scope: cls.run_program('token', 'make', scope, '--scope', scope).stdout.strip()
                      for scope in ('read', 'accept', 'administer')}
        cls.tokens['submit'] = cls.run_program('token', 'make', 'build-1', '--subject', 'build-1').stdout.strip()
        cls.start()
        # Also where a class that builds on this one cannot be set up.
        cls.addClassCleanup(cls.kill)

    @classmethod
    def kill(cls):
        cls.server.kill()
        cls.server.wait()

    @classmethod
    def run_program(cls, *arguments, status=0, **more):
        done = subprocess.run([PROGRAM, *arguments], cwd=cls.folder, capture_output=True, text=True,
                              env={**cls.environment, **more})
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    @classmethod
    def start(cls, listen=0):
        port = cls.folder / 'port'
        port.unlink(missing_ok=True)
        cls.log = open(cls.folder / 'log', 'ab')
        cls.server = subprocess.Popen(
            [PROGRAM, '--kb', cls.kb, 'serve', '--listen', f'127.0.0.1:{listen}', '--port-file', 'port',
             '--advisories', 'advisories.db', *cls.serve_options],
            cwd=cls.folder, stderr=cls.log, env=cls.environment)
        for _ in range(600):
            if port.exists() and port.read_text().strip():
                break
            assert cls.server.poll() is None, (cls.folder / 'log').read_text()
            time.sleep(0.05)
        cls.port = int(port.read_text())
        cls.url = f'http://127.0.0.1:{cls.port}'

    @classmethod
    def stop(cls, how=signal.SIGTERM):
        if how and cls.server.poll() is None:
            cls.server.send_signal(how)
        status = cls.server.wait(60)
        cls.log.close()
        return status

    @classmethod
    def tearDownClass(cls):
        status = cls.stop()
        log = (cls.folder / 'log').read_text(errors='replace')
        cls.made.cleanup()
        # A sanitizer's complaint is in the log and in the status.
        assert status == 0 and 'ERROR: ' not in log and 'runtime error' not in log, log[-4000:]

    def ask(self, method, path, body=None, token=None, described=True, **more):
        query = {name: value for name, value in more.items() if not name.startswith('header_')}
        headers = {name[7:].replace('_', '-'): value for name, value in more.items() if name.startswith('header_')}
        if token:
            headers['Authorization'] = 'Bearer ' + self.tokens.get(token, token)
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        connection.request(method, path + ('?' + urllib.parse.urlencode(query) if query else ''),
                           json.dumps(body) if isinstance(body, dict) else body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        if described and path in OPENAPI['paths']:
            check_described(method, path, answer)
        return answer

    def md5_list(self, tree='app'):
        return subprocess.run(['sh', '-c', 'find . -type f | sort | xargs md5sum'], cwd=self.folder / tree,
                              capture_output=True, check=True).stdout
