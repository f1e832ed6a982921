"""A mail server, an HTTP listener and a program to send with: what the tests of notices share."""
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading

USER, PASSWORD, KEY = 'stowaway', 'a pass word', 'It is a secret'
START = 1800000000  # 2027-01-15T08:00:00Z

try:
    import aiosmtpd.controller
    import aiosmtpd.smtp
except ImportError:
    print('skipped: python3-aiosmtpd is not installed')
    sys.exit(77)
if shutil.which('openssl') is None:
    print('skipped: openssl is not installed')
    sys.exit(77)


def check(condition, what):
    if not condition:
        sys.exit('FAILED: ' + what)
    print('ok', what)


class Post:
    """Takes mail, or does what `answer` says instead."""

    def __init__(self):
        self.mails, self.answer, self.delay = [], None, 0

    async def handle_DATA(self, server, session, envelope):
        import asyncio
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answer:
            return self.answer
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content.decode('ascii'), bool(session.ssl)))
        return '250 taken'


def mail_server(work, post):
    """aiosmtpd on a free port, with STARTTLS and a password; returns (controller, certificate)."""
    certificate, key = os.path.join(work, 'cert.pem'), os.path.join(work, 'key.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '30',
                    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        return aiosmtpd.smtp.AuthResult(success=good)

    with socket.socket() as free:  # the controller cannot choose one itself
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    controller = aiosmtpd.controller.Controller(post, hostname='127.0.0.1', port=port, tls_context=context, require_starttls=True,
                                                authenticator=authenticate, auth_required=True)
    controller.start()
    return controller, certificate


class Listener(http.server.BaseHTTPRequestHandler):
    """Takes notices, or does what the server's `behaviour` says: a status, 'hang', 'cut', 'endless', 'redirect'."""
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        behaviour = self.server.behaviour
        self.server.tries.append(self.headers['X-Stowaway-Delivery'])
        if behaviour in (200, 'cut', 'endless', 'taken, then silent'):
            self.server.taken.append((dict(self.headers), body))
        if behaviour in ('hang', 'taken, then silent'):
            self.server.released.wait(30)
            return
        self.send_response({'cut': 200, 'endless': 200, 'redirect': 302}.get(behaviour, behaviour))
        if behaviour == 'redirect':
            self.send_header('Location', '/elsewhere')
        self.send_header('Content-Length', '1000000000' if behaviour in ('cut', 'endless') else '0')
        self.end_headers()
        self.close_connection = True
        try:
            while behaviour == 'endless':
                self.wfile.write(b'x' * 65536)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def http_listener():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Listener)
    server.daemon_threads = True
    server.behaviour, server.taken, server.tries, server.released = 200, [], [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Program:
    """The program with a clock, a home and a ledger of its own."""

    def __init__(self, program, work):
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        self.program, self.work, self.now = program, work, START
        self.sending = []

    def environment(self):
        kept = {name: os.environ[name] for name in ('PATH', 'ASAN_OPTIONS', 'LSAN_OPTIONS') if name in os.environ}
        return {**kept, 'HOME': self.work, 'LOGNAME': 'ada', 'SOURCE_DATE_EPOCH': str(self.now), 'LC_ALL': 'C.UTF-8',
                'STOWAWAY_KB': os.path.join(self.work, 'no.kb')}

    def start(self, *arguments):
        return subprocess.Popen([self.program, *arguments], cwd=self.work, env=self.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments, status=0):
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=120)
        if process.returncode != status:
            sys.exit('FAILED: %s ended with %d instead of %d:\n%s%s' % (' '.join(arguments), process.returncode, status, out, errors))
        return out + errors

    def notify(self, status=0):
        return self.run('notify', '--timeout', '2', *self.sending, status=status)

    def write(self, name, content):
        path = os.path.join(self.work, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def subject(self, name, version, component='libdemo'):
        """A report of a scan: facts, no source."""
        return self.write(name + '.scan.json', {
            'schema': 'https://stowaway.invalid/schema/scan-1.json', 'format_version': 1, 'partial': False,
            'subject': {'name': name, 'kind': 'directory'}, 'self': [], 'declared_only': [],
            'copies': [{'path': 'vendor/demo', 'component': component, 'purl': 'pkg:generic/' + component, 'versions': [version],
                        'verdict': 'identical'}]})

    def audit(self, name, *arguments, status=0):
        """Audits what was last written about a subject, under its name, and takes note."""
        return self.run('audit', '--advisories', 'osv.json', '--in', name, '--note', *arguments, name + '.scan.json', status=status)

    def advisory(self, identifier, fixed, score='CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'):
        return {'id': identifier, 'summary': 'Two bytes too many', 'severity': [{'type': 'CVSS_V3', 'score': score}],
                'affected': [{'package': {'ecosystem': 'Upstream', 'name': 'libdemo'},
                              'ranges': [{'type': 'ECOSYSTEM', 'events': [{'introduced': '0'}, {'fixed': fixed}]}]}]}

    def use_mail(self, controller, certificate):
        self.write('password', PASSWORD + '\n')
        self.sending = ['--smtp', 'smtp://localhost:%d' % controller.port, '--from', 'stowaway@example.org', '--smtp-user', USER,
                        '--smtp-password-file', 'password', '--ca-file', certificate]
