"""Certificates in the place of tokens, over TLS and from a proxy. Usage: certificate_test.py STOWAWAY"""
import hashlib
import http.client
import json
import ssl
import subprocess
import unittest
import urllib.parse

from support import Answer, ServerCase

TEXT = {'header_Content_Type': 'text/plain'}


class WithAuthority(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for authority in ('ours', 'others'):
            cls.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                        '-subj', f'/CN={authority}', '-keyout', f'{authority}.key', '-out', f'{authority}.pem')
        cls.issue('server', 'serverAuth')
        for name in ('m1', 'm2', 'm3', 'm4', 'nobody'):
            cls.issue(name, 'clientAuth')
        cls.issue('forged', 'clientAuth', authority='others')
        cls.issue('past', 'clientAuth', days='-1')
        cls.restart()

    @classmethod
    def openssl(cls, *arguments):
        subprocess.run(['openssl', *arguments], cwd=cls.folder, check=True, capture_output=True)

    @classmethod
    def issue(cls, name, purpose, authority='ours', days='2'):
        cls.openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', f'/CN={name}',
                    '-keyout', f'{name}.key', '-out', f'{name}.csr')
        (cls.folder / f'{name}.ext').write_text(f'extendedKeyUsage={purpose}\nsubjectAltName=IP:127.0.0.1\n')
        cls.openssl('x509', '-req', '-in', f'{name}.csr', '-CA', f'{authority}.pem', '-CAkey', f'{authority}.key', '-CAcreateserial',
                    '-days', days, '-extfile', f'{name}.ext', '-out', f'{name}.pem')

    @classmethod
    def fingerprint(cls, name):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert((cls.folder / f'{name}.pem').read_text())).hexdigest()

    @classmethod
    def restart(cls):
        pass


class Certificates(WithAuthority):
    @classmethod
    def restart(cls):
        cls.stop()
        cls.serve_options = ('--certificate', 'server.pem', '--key', 'server.key', '--client-ca', 'ours.pem')
        cls.start()

    def ask_as(self, certificate, method, path, body=None, headers=None, **query):
        context = ssl.create_default_context(cafile=str(self.folder / 'ours.pem'))
        if certificate:
            context.load_cert_chain(self.folder / f'{certificate}.pem', self.folder / f'{certificate}.key')
        connection = http.client.HTTPSConnection('127.0.0.1', self.port, timeout=60, context=context)
        connection.request(method, path + ('?' + urllib.parse.urlencode(query) if query else ''),
                           json.dumps(body) if isinstance(body, dict) else body, headers or {})
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def submit(self, certificate, name, **headers):
        return self.ask_as(certificate, 'PUT', '/v1/subject', self.md5_list(), {'Content-Type': 'text/plain', **headers}, name=name, version='1')

    def test_a_certificate_alone_gives_nothing(self):
        self.assertEqual(self.submit(None, 'm1').status, 401)
        self.assertEqual(self.submit('nobody', 'nobody').status, 401)
        self.assertEqual(self.ask_as('nobody', 'GET', '/v1/kb').status, 200)

    def test_one_that_was_allowed_counts_within_its_subject(self):
        self.run_program('token', 'make', 'm1', '--subject', 'm1/*', '--certificate', 'm1.pem')
        self.assertEqual(self.submit('m1', 'm1/app').status, 201)
        self.assertEqual(self.submit('m1', 'm2/app').status, 403)
        self.assertEqual(self.submit('nobody', 'm1/app').status, 401)
        # What is public of it opens nothing.
        for secret in (self.fingerprint('m1'), 'certificate:' + self.fingerprint('m1'), 'stw_' + self.fingerprint('m1')):
            self.assertEqual(self.submit(None, 'm1/app', Authorization='Bearer ' + secret).status, 401)
        self.assertEqual(self.submit(None, 'm1/app', **{'X-Client-Certificate-Sha256': self.fingerprint('m1')}).status, 401)
        # A page elsewhere, in a browser that holds the certificate.
        self.assertEqual(self.submit('m1', 'm1/app', Origin='https://example.org').status, 403)
        self.assertEqual(self.ask_as('m1', 'POST', '/v1/token/rotate').status, 400)
        log = self.run_program('token', 'log').stdout
        self.assertRegex(log, r'm1 .*PUT /v1/subject  m1/app  201')
        again = self.run_program('token', 'make', 'm1', '--subject', 'm1/*', '--certificate', 'm1.pem', status=2)
        self.assertIn('belongs to', again.stderr)
        token = self.ask_as('m1', 'GET', '/v1/token').json
        self.run_program('token', 'revoke', token['id'])
        self.assertIn(self.submit('m1', 'm1/app').status, (401, 403))

    def test_the_wrong_ones_are_refused(self):
        for name in ('forged', 'past', 'server'):
            with self.subTest(name):
                try:
                    status = self.submit(name, 'm1').status
                except (ssl.SSLError, ConnectionError):
                    continue  # refused before a word was said
                self.assertEqual(status, 403)
        self.assertEqual(self.ask_as(None, 'GET', '/healthz').status, 200)

    def test_a_machine_asks_with_its_certificate_and_waits(self):
        asked = self.ask_as('m2', 'POST', '/v1/enrol', {'holder': 'm2', 'subject': 'm2'})
        self.assertEqual((asked.status, asked.json['state'], 'token' in asked.json), (202, 'waiting', False))
        self.assertEqual(self.submit('m2', 'm2').status, 403)
        self.assertEqual(self.ask_as('m2', 'POST', '/v1/enrol', {'holder': 'm2', 'subject': 'm2'}).status, 403)
        self.run_program('token', 'approve', asked.json['id'])
        self.assertEqual(self.submit('m2', 'm2').status, 201)

    def test_a_secret_that_works_once_lets_a_certificate_count(self):
        once = self.run_program('token', 'make', 'm3', '--scope', 'enrol', '--subject', 'm3').stdout.strip()
        made = self.ask_as('m3', 'POST', '/v1/enrol', {'holder': 'm3'}, {'Authorization': 'Bearer ' + once})
        self.assertEqual((made.status, made.json['state'], 'token' in made.json), (201, 'active', False))
        self.assertEqual(self.submit('m3', 'm3').status, 201)

    def test_the_program_shows_it(self):
        self.run_program('token', 'make', 'm4', '--subject', 'm4', '--certificate', 'm4.pem')
        scan = ('--kb', f'https://127.0.0.1:{self.port}', 'scan', '--ca-file', 'ours.pem', '--submit', 'm4', '--submit-version', '7')
        self.run_program(*scan, '--certificate', 'm4.pem', '--key', 'm4.key', 'app')
        self.assertIn('token', self.run_program(*scan, 'app', status=2).stderr)
        self.assertIn('key', self.run_program(*scan, '--certificate', 'm4.pem', 'app', status=5).stderr)


class BehindProxy(WithAuthority):
    serve_options = ('--trust-forwarded',)

    def test_what_the_proxy_says_counts(self):
        self.run_program('token', 'make', 'm1', '--subject', 'm1', '--certificate', 'm1.pem')
        submit = {'name': 'm1', 'version': '1', **TEXT}
        self.assertEqual(self.ask('PUT', '/v1/subject', self.md5_list(), **submit).status, 401)
        shown = {'header_X_Client_Certificate_Sha256': self.fingerprint('m1').upper()}
        self.assertEqual(self.ask('PUT', '/v1/subject', self.md5_list(), **submit, **shown).status, 201)
        for wrong in ('', 'x', '0' * 64, "' OR 1=1"):
            self.assertEqual(self.ask('PUT', '/v1/subject', self.md5_list(), **submit, header_X_Client_Certificate_Sha256=wrong).status, 401)


class Options(ServerCase):
    def test_certificates_of_clients_need_one_of_the_server(self):
        done = self.run_program('--kb', 'demo.kb', 'serve', '--listen', '127.0.0.1:0', '--client-ca', 'osv.json', status=2)
        self.assertIn('over TLS alone', done.stderr)
        done = self.run_program('token', 'make', 'x', '--subject', 'x', '--certificate', 'osv.json', status=6)
        self.assertIn('no certificate', done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
