"""Clients that mean harm: no crash, no leak, bounded memory, the right status. Usage: hostile_test.py STOWAWAY"""
import http.client
import os
import random
import socket
import struct
import subprocess
import threading
import time
import unittest

from support import ServerCase

MIB = 1 << 20
FINGERPRINTS = 'application/vnd.stowaway.fingerprints'
IDENTITIES = 'application/vnd.stowaway.identities'


class Hostile(ServerCase):
    serve_options = ('--max-body-mb', '8', '--max-bodies-mb', '32', '--request-seconds', '3',
                     '--max-connections', '64', '--max-connections-per-client', '48')

    def memory_mib(self):
        with open(f'/proc/{self.server.pid}/status') as status:
            for line in status:
                if line.startswith('VmRSS'):
                    return int(line.split()[1]) // 1024

    def raw(self, request, wait=10):
        """What the server sends back to these bytes until it closes, or for so many seconds."""
        with socket.create_connection(('127.0.0.1', self.port), timeout=wait) as connection:
            answer = b''
            try:
                connection.sendall(request)
                while piece := connection.recv(65536):
                    answer += piece
                    if b'\r\n\r\n' in answer and b'Connection: close' not in request:
                        break
            except (TimeoutError, ConnectionError):
                pass
            return answer

    def assert_alive(self):
        self.assertIsNone(self.server.poll())
        self.assertEqual(self.ask('GET', '/healthz').status, 200)

    def test_announced_ten_gigabytes_are_refused_at_once(self):
        answer = self.raw(b'POST /v1/identify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
                          b'Content-Length: 10737418240\r\n\r\n')
        self.assertTrue(answer.startswith(b'HTTP/1.1 413'), answer[:60])
        self.assert_alive()

    def test_ten_gigabytes_that_nobody_announced_end_at_the_limit(self):
        before = self.memory_mib()
        sent = 0
        piece = b'%x\r\n' % MIB + b'a' * MIB + b'\r\n'
        with socket.create_connection(('127.0.0.1', self.port), timeout=10) as connection:
            connection.sendall(b'POST /v1/try HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
            try:
                while sent < 10240:
                    connection.sendall(piece)
                    sent += 1
            except OSError:
                pass
        self.assertLess(sent, 64)
        self.assertLess(self.memory_mib() - before, 64)
        self.assert_alive()

    def test_many_large_bodies_at_once_stay_within_the_budget(self):
        before = self.memory_mib()
        statuses, held = [], []

        def send():
            connection = socket.create_connection(('127.0.0.1', self.port), timeout=20)
            held.append(connection)
            try:
                connection.sendall(b'POST /v1/identify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
                                   b'Content-Length: %d\r\n\r\n' % (7 * MIB) + b'a' * (6 * MIB))
                statuses.append(connection.recv(12))
            except OSError as error:
                statuses.append(str(error).encode())

        threads = [threading.Thread(target=send) for _ in range(20)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        self.assertLess(self.memory_mib() - before, 160)
        self.assert_alive()
        for thread in threads:
            thread.join(30)
        for connection in held:
            connection.close()
        time.sleep(0.5)
        self.assert_alive()

    def test_slow_senders_are_cut_off_and_nobody_waits_for_them(self):
        slow = [socket.create_connection(('127.0.0.1', self.port)) for _ in range(30)]
        for connection in slow:
            connection.sendall(b'POST /v1/identify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
                               b'Content-Length: 1000000\r\n\r\na')
        ended = set()
        for _ in range(12):
            began = time.monotonic()
            self.assert_alive()
            self.assertLess(time.monotonic() - began, 5)
            for number, connection in enumerate(slow):
                try:
                    connection.sendall(b'a')
                except OSError:
                    ended.add(number)
            time.sleep(0.5)
        self.assertEqual(len(ended), 30)
        for connection in slow:
            connection.close()

    def test_paths_lead_nowhere(self):
        for path in ('/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd', '/v1/../metrics', '/\\etc',
                     '/%00', '/v1/subject%00', '/' + 'a' * 4000, '/schema/../openapi.json', '/index.html/..',
                     '/%', '/%zz', '/v1/kb/'):
            answer = self.raw(b'GET ' + path.encode() + b' HTTP/1.1\r\nHost: x\r\n\r\n')
            self.assertRegex(answer[:12], rb'HTTP/1\.1 4\d\d', path)
            self.assertNotIn(b'root:', answer)
        self.assert_alive()

    def test_tricks_with_headers(self):
        base = b'POST /v1/identify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
        # Two lengths, or a length and chunks: what another server in the chain may read otherwise.
        for extra in (b'Content-Length: 5\r\nContent-Length: 6\r\n\r\naaaaaa', b'Content-Length: -1\r\n\r\n',
                      b'Content-Length: 99999999999999999999\r\n\r\n', b'Content-Length: 0x10\r\n\r\naaaa',
                      b'Transfer-Encoding: chunked\r\n\r\nzz\r\n', b'X: ' + b'a' * 200_000 + b'\r\n\r\n'):
            answer = self.raw(base + extra, wait=4)
            if answer:
                self.assertRegex(answer[:12], rb'HTTP/1\.1 [45]\d\d', extra[:40])
        # What a client says is its id or its address is not believed when it could be anything.
        answer = self.ask('GET', '/healthz', header_X_Request_Id='a' * 65)
        self.assertNotEqual(answer.headers['x-request-id'], 'a' * 65)
        answer = self.raw(b'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: {"a":1}\r\n\r\n')
        self.assertNotIn(b'{"a"', answer.split(b'\r\n\r\n')[0])
        self.assert_alive()

    def test_not_http_at_all(self):
        for request in (b'\0' * 1000, b'\x16\x03\x01\x02\x00\x01\x00', b'GET\r\n\r\n', b'\r\n' * 1000,
                        os.urandom(5000), b'GET / HTTP/9.9\r\n\r\n'):
            self.raw(request, wait=3)
        self.assert_alive()

    def test_forged_tokens(self):
        for token in ('stw_', 'stw_' + 'f' * 64, "stw_' OR 1=1 --", 'stw_' + 'a' * 5000, '\x7f', 'Bearer'):
            answer = self.ask('GET', '/v1/log', token=token)
            self.assertEqual(answer.status, 401, token[:20])
        self.assert_alive()

    def test_damaged_bodies_are_refused(self):
        random.seed(7)
        # A whole one, as our own client sends it.
        bodies = [b'', b'a', os.urandom(100), b'(\xb5/\xfd' + os.urandom(200), self.md5_list()]
        recorded = self.fingerprints()
        bodies.append(recorded)
        seen = set()
        for number in range(400):
            body = bytearray(recorded)
            for _ in range(random.choice((1, 3, 20))):
                if body:
                    body[random.randrange(len(body))] = random.randrange(256)
            if number % 3 == 0:
                body = body[:random.randrange(len(body))]
            seen.add(self.ask('POST', '/v1/identify', bytes(body), header_Content_Type=FINGERPRINTS).status)
        for body in bodies:
            for kind in (FINGERPRINTS, 'text/plain', 'application/json', ''):
                seen.add(self.ask('POST', '/v1/identify', body, header_Content_Type=kind).status)
            for encoding in ('zstd', 'gzip', 'identity'):
                seen.add(self.ask('POST', '/v1/identify', body, header_Content_Type='text/plain',
                                  header_Content_Encoding=encoding).status)
            seen.add(self.ask('POST', '/v1/known', body, header_Content_Type=IDENTITIES).status)
        self.assertLessEqual(seen, {200, 400, 413, 415})
        self.assertLessEqual({200, 400, 415}, seen)
        self.assert_alive()

    def fingerprints(self):
        """What our client sends for a tree: taken from the wire."""
        taken = {}
        listener = socket.create_server(('127.0.0.1', 0))

        def serve():
            for _ in range(2):
                connection, _address = listener.accept()
                with connection:
                    while True:
                        data = b''
                        while b'\r\n\r\n' not in data:
                            piece = connection.recv(65536)
                            if not piece:
                                return
                            data += piece
                        head, body = data.split(b'\r\n\r\n', 1)
                        length = int([line.split(b':')[1] for line in head.split(b'\r\n')
                                      if line.lower().startswith(b'content-length')][0])
                        if b'100-continue' in head:
                            connection.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
                        while len(body) < length:
                            body += connection.recv(65536)
                        if b'/v1/known' in head:
                            answer = b'0' * (length // 24)
                            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(answer) + answer)
                        else:
                            taken['body'] = body
                            connection.sendall(b'HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
                            return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        subprocess.run([*self.scan_command(listener.getsockname()[1])], cwd=self.folder, env=self.environment,
                       capture_output=True, check=False)
        thread.join(20)
        listener.close()
        return taken['body']

    @staticmethod
    def scan_command(port):
        from support import PROGRAM
        return PROGRAM, '--kb', f'http://127.0.0.1:{port}', 'scan', '--quiet', 'app'

    def test_a_bomb_is_not_unpacked(self):
        before = self.memory_mib()
        bomb = subprocess.run('head -c 4000000000 /dev/zero | zstd -c', shell=True, capture_output=True, check=True).stdout
        self.assertLess(len(bomb), 8 * MIB)
        answer = self.ask('POST', '/v1/identify', bomb, header_Content_Type='text/plain', header_Content_Encoding='zstd')
        self.assertEqual(answer.status, 413)
        self.assertLess(self.memory_mib() - before, 300)
        made = self.ask('POST', '/v1/try', bomb)
        self.assertEqual(made.status, 202)
        for _ in range(600):
            state = self.ask('GET', '/v1/try', id=made.json['id']).json
            if state['stage'] in ('done', 'failed'):
                break
            time.sleep(0.1)
        self.assertIn(state['stage'], ('done', 'failed'))
        self.assert_alive()

    def test_queries_of_any_kind(self):
        random.seed(11)
        words = ['', "'", '"', '%', '_', '\0', '\n', '<script>', '../', 'libdemo', '< 1', '𝕫', '\u202e', 'a' * 3000, '-1', '1e9']
        for path in ('/v1/subject', '/v1/who-embeds', '/v1/search', '/v1/spread', '/v1/component', '/v1/audit',
                     '/v1/advisory', '/v1/advisories', '/v1/history', '/v1/events', '/v1/try', '/v1/subjects'):
            for _ in range(12):
                query = {name: ''.join(random.choices(words, k=2))
                         for name in ('name', 'q', 'component', 'id', 'count', 'version', 'format', 'limit', 'after')
                         if random.random() < 0.6}
                self.assertIn(self.ask('GET', path, **query).status, (200, 400, 404), (path, query))
        self.assert_alive()


if __name__ == '__main__':
    unittest.main(verbosity=2)
