"""Every answer of the API against openapi.json. Usage: api_test.py STOWAWAY"""
import json
import signal
import subprocess
import threading
import time
import unittest

from support import OPENAPI, PROGRAM, ServerCase

FINGERPRINTS = 'application/vnd.stowaway.fingerprints'


class Api(ServerCase):
    def test_every_description_is_answered_and_nothing_else(self):
        asked = {(path, method.upper()) for path, methods in OPENAPI['paths'].items() for method in methods}
        for path, method in asked:
            answer = self.ask(method, path, token='administer')
            self.assertNotIn(answer.status, (405, 500), f'{method} {path}')
            if answer.status == 404:
                self.assertNotIn('nothing here', answer.json['error']['message'], path)
        for path in OPENAPI['paths']:
            for method in {'GET', 'POST', 'PUT', 'DELETE'} - {m for p, m in asked if p == path}:
                answer = self.ask(method, path, described=False)
                self.assertEqual(answer.status, 405, f'{method} {path} is answered and not described')
                self.assertIn('allow', answer.headers)

    def test_serves_its_description_and_schemas(self):
        self.assertEqual(self.ask('GET', '/openapi.json').json, OPENAPI)
        self.assertEqual(self.ask('GET', '/schema/scan-1.schema.json').json['$id'],
                         'https://stowaway.invalid/schema/scan-1.json')

    def test_health_and_knowledge_base(self):
        self.assertEqual(self.ask('GET', '/healthz').json, {'status': 'ok'})
        ready = self.ask('GET', '/readyz').json
        kb = self.ask('GET', '/v1/kb').json
        self.assertEqual(ready['kb'], kb['id'])
        self.assertEqual((kb['components'], kb['releases']), (1, 3))

    def test_identifies_a_list_of_checksums(self):
        answer = self.ask('POST', '/v1/identify', self.md5_list(), name='x', header_Content_Type='text/plain')
        self.assertEqual(answer.status, 200)
        self.assertEqual([(copy['component'], copy['path'], copy['versions']) for copy in answer.json['copies']],
                         [('libdemo', 'vendor/demo', ['1.1'])])
        packed = subprocess.run(['zstd', '-c'], input=self.md5_list(), capture_output=True, check=True).stdout
        again = self.ask('POST', '/v1/identify', packed, name='x', header_Content_Type='text/plain',
                         header_Content_Encoding='zstd')
        self.assertEqual(again.json['copies'], answer.json['copies'])
        table = self.ask('POST', '/v1/identify', self.md5_list(), format='table', header_Content_Type='text/plain')
        self.assertIn('libdemo', table.body.decode())

    def test_scan_at_the_server_is_scan_here(self):
        for tree in ('app', 'app2', 'libdemo@v1.0'):
            here = json.loads(self.run_program('--kb', 'demo.kb', 'scan', '--json', '--no-cache', tree).stdout)
            there = json.loads(self.run_program('--kb', self.url, 'scan', '--json', tree).stdout)
            here['timestamp'] = there['timestamp']
            self.assertEqual(there, here)
        self.run_program('--kb', self.url, 'scan', '--fail-on', 'copy', 'app', status=1)
        self.run_program('--kb', self.url, 'scan', 'app/vendor/none', status=2)

    def test_client_tries_again_until_the_server_is_there(self):
        self.assertEqual(self.stop(), 0)
        done = []
        thread = threading.Thread(target=lambda: done.append(
            self.run_program('--kb', self.url, 'scan', '--json', 'app')))
        thread.start()
        time.sleep(1)
        self.__class__.start(self.port)
        thread.join(60)
        self.assertEqual(json.loads(done[0].stdout)['copies'][0]['component'], 'libdemo')
        self.assertIn('trying again', done[0].stderr)

    def test_what_the_ledger_knows(self):
        subjects = self.ask('GET', '/v1/subjects')
        self.assertLessEqual({'app', '<b>app2</b>'}, {one['subject'] for one in subjects.json['snapshots']})
        self.assertEqual(self.ask('GET', '/v1/subject', name='app').json['copies'][0]['versions'], ['1.1'])
        hit = self.ask('GET', '/v1/who-embeds', q='libdemo < 1.2').json['embedders']
        self.assertIn('app', {one['subject'] for one in hit})
        self.assertNotIn('<b>app2</b>', {one['subject'] for one in hit})
        self.assertEqual(len(self.ask('GET', '/v1/component', name='libdemo').json['known'][0]['releases']), 3)
        self.assertGreaterEqual(self.ask('GET', '/v1/overview').json['subjects'], 2)
        self.assertEqual(self.ask('GET', '/v1/search', q='APP').json['subjects'][0], 'app')
        self.assertEqual(self.ask('GET', '/v1/search', q='%').json['subjects'], [])
        self.assertEqual(self.ask('GET', '/v1/versions', name='app').json['snapshots'][0]['version'], '1')
        self.assertEqual(self.ask('GET', '/v1/subject', name='nobody').status, 404)
        self.assertEqual(self.ask('GET', '/v1/subject').status, 400)
        self.assertEqual(self.ask('GET', '/v1/who-embeds', q='libdemo <').status, 400)

    def test_risks(self):
        audit = self.ask('GET', '/v1/audit', name='app').json
        self.assertEqual([(one['advisory'], one['status']) for one in audit['findings']],
                         [('CVE-2020-1', 'affected')])
        advisory = self.ask('GET', '/v1/advisory', id='CVE-2020-1').json
        self.assertEqual({one['subject']: one['status'] for one in advisory['hits']
                          if one['subject'] in ('app', '<b>app2</b>')},
                         {'app': 'affected', '<b>app2</b>': 'not affected'})
        about = self.ask('GET', '/v1/advisories', component='libdemo').json['advisories']
        self.assertEqual([one['summary'] for one in about], ['A <b>flaw</b> in demo'])
        self.assertEqual(self.ask('GET', '/v1/advisory', id='CVE-1999-1').status, 404)

    def test_listens_at_an_address_of_the_new_kind(self):
        (self.folder / 'port6').unlink(missing_ok=True)
        server = subprocess.Popen([PROGRAM, '-q', '--kb', 'demo.kb', 'serve', '--listen', '[::1]:0', '--port-file', 'port6', '--no-ledger'],
                                  cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True)
        try:
            for _ in range(600):
                if (self.folder / 'port6').exists() and (self.folder / 'port6').read_text().strip():
                    break
                self.assertIsNone(server.poll(), server.stderr and server.poll() is not None and server.stderr.read())
                time.sleep(0.05)
            url = f'http://[::1]:{(self.folder / "port6").read_text().strip()}'
            self.assertEqual(json.loads(self.run_program('--kb', url, 'scan', '--json', 'app').stdout)['copies'][0]['component'], 'libdemo')
        finally:
            server.terminate()
            server.communicate(timeout=60)
        for wrong in ('[::1', '::1]:1', 'host:80', '[::1]'):
            self.run_program('--kb', 'demo.kb', 'serve', '--listen', wrong, status=2)

    def test_pages_of_a_list_join_to_the_whole(self):
        for number in range(3):
            self.run_program('--kb', 'demo.kb', 'track', 'add', f'page{number}', '--version', '1', 'app')
        whole = [one['subject'] for one in self.ask('GET', '/v1/subjects').json['snapshots']]
        parts, path, query = [], '/v1/subjects', {'limit': 2}
        while True:
            answer = self.ask('GET', path, **query)
            self.assertEqual(int(answer.headers['x-total-count']), len(whole))
            parts += [one['subject'] for one in answer.json['snapshots']]
            if 'link' not in answer.headers:
                break
            link = answer.headers['link'].split('>')[0][1:]
            query = dict(item.split('=') for item in link.split('?')[1].split('&'))
        self.assertEqual(parts, whole)
        self.assertEqual(self.ask('GET', '/v1/subjects', limit=0).status, 400)
        self.assertEqual(self.ask('GET', '/v1/subjects', limit='1x').status, 400)

    def test_what_has_not_changed_is_not_sent_again(self):
        first = self.ask('GET', '/v1/subject', name='app')
        again = self.ask('GET', '/v1/subject', name='app', header_If_None_Match=first.headers['etag'])
        self.assertEqual((again.status, again.body), (304, b''))
        other = self.ask('GET', '/v1/subject', name='app', header_If_None_Match='"other"')
        self.assertEqual(other.status, 200)

    def test_upload_is_scanned(self):
        archive = subprocess.run(['tar', 'c', 'app'], cwd=self.folder, capture_output=True, check=True).stdout
        made = self.ask('POST', '/v1/try', archive, name='app.tar', header_Content_Type='application/octet-stream')
        self.assertEqual(made.status, 202)
        for _ in range(200):
            state = self.ask('GET', '/v1/try', id=made.json['id']).json
            if state['stage'] in ('done', 'failed'):
                break
            time.sleep(0.05)
        self.assertEqual(state['report']['copies'][0]['component'], 'libdemo')
        self.assertEqual(state['report']['subject']['name'], 'app.tar')
        self.assertEqual(self.ask('GET', '/v1/try', id='0' * 32).status, 404)

    def test_metrics_count_routes_and_no_made_up_paths(self):
        self.ask('GET', '/made/up/path')
        self.ask('GET', '/healthz')
        text = self.ask('GET', '/metrics').body.decode()
        self.assertIn('stowaway_request_seconds_count{route="/healthz",status="200"}', text)
        self.assertNotIn('made/up', text)

    def test_logs_are_json_with_the_request_id(self):
        answer = self.ask('GET', '/healthz', header_X_Request_Id='mine-1')
        self.assertEqual(answer.headers['x-request-id'], 'mine-1')
        time.sleep(0.2)
        lines = [json.loads(line) for line in (self.folder / 'log').read_text().splitlines() if line.startswith('{')]
        self.assertIn('mine-1', {line['request'] for line in lines})

    def test_requests_under_way_are_answered_when_it_is_told_to_stop(self):
        import socket
        body = self.md5_list()
        with socket.create_connection(('127.0.0.1', self.port)) as connection:
            connection.sendall(b'POST /v1/identify?name=x HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
                               b'Content-Length: %d\r\n\r\n' % len(body) + body[:10])
            time.sleep(0.2)
            self.server.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            with self.assertRaises(OSError):
                socket.create_connection(('127.0.0.1', self.port), timeout=2)
            connection.sendall(body[10:])
            answer = connection.recv(1 << 20)
        self.assertTrue(answer.startswith(b'HTTP/1.1 200'), answer[:100])
        self.assertEqual(self.stop(None), 0)
        self.__class__.start()


if __name__ == '__main__':
    unittest.main(verbosity=2)
