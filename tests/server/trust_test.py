"""Who may do what. Usage: trust_test.py STOWAWAY"""
import json
import unittest

from support import ServerCase

TEXT = {'header_Content_Type': 'text/plain'}


class Trust(ServerCase):
    def submit(self, name, token=None, version='1', **more):
        return self.ask('PUT', '/v1/subject', self.md5_list(), token=token, name=name, version=version, **TEXT, **more)

    def test_writing_needs_a_token_of_its_scope_and_subject(self):
        self.assertEqual(self.submit('build-1').status, 401)
        self.assertEqual(self.submit('build-1', 'stw_' + '0' * 64).status, 401)
        self.assertEqual(self.submit('build-1', 'read').status, 403)
        self.assertEqual(self.submit('build-1', 'accept').status, 403)
        self.assertEqual(self.submit('build-2', 'submit').status, 403)
        first = self.submit('build-1', 'submit')
        self.assertEqual((first.status, first.json['outcome'], first.json['copies']), (201, 'added', 1))
        again = self.submit('build-1', 'submit')
        self.assertEqual((again.status, again.json['outcome']), (200, 'replaced'))
        self.assertEqual(self.submit('anything', 'administer').status, 201)
        listed = self.ask('GET', '/v1/versions', name='build-1').json['snapshots']
        self.assertEqual([one['version'] for one in listed], ['1'])

    def test_accepting_is_on_record_under_the_holder(self):
        wish = {'decision': 'accept', 'subject': 'app', 'advisory': 'CVE-2020-1', 'reason': 'not <i>reached</i>',
                'until': '2099-12-31'}
        self.assertEqual(self.ask('POST', '/v1/acceptances', wish).status, 401)
        self.assertEqual(self.ask('POST', '/v1/acceptances', wish, token='submit').status, 403)
        made = self.ask('POST', '/v1/acceptances', {**wish, 'by': 'somebody else'}, token='accept')
        self.assertEqual((made.status, made.json['by']), (201, 'accept'))
        audit = self.ask('GET', '/v1/audit', name='app').json
        self.assertEqual(audit['findings'][0]['acceptance']['by'], 'accept')
        hits = self.ask('GET', '/v1/advisory', id='CVE-2020-1').json['hits']
        self.assertEqual([one['acceptance']['reason'] for one in hits if one['subject'] == 'app'],
                         ['not <i>reached</i>'])
        for wrong in ({**wish, 'until': 'soon'}, {**wish, 'reason': ''}, {**wish, 'decision': 'maybe'}):
            self.assertEqual(self.ask('POST', '/v1/acceptances', wrong, token='accept').status, 400)
        self.assertEqual(self.ask('POST', '/v1/acceptances', '[1', token='accept').status, 400)
        log = self.ask('GET', '/v1/log', token='administer').json['entries']
        self.assertIn(('accept', 'POST /v1/acceptances', '201'),
                      {(one['holder'], one['action'], one['outcome']) for one in log})

    def test_a_machine_that_asks_waits_for_approval(self):
        asked = self.ask('POST', '/v1/enrol', {'holder': 'm7', 'subject': 'm7'})
        self.assertEqual((asked.status, asked.json['state']), (202, 'waiting'))
        secret, name = asked.json['token'], asked.json['id']
        self.assertEqual(self.submit('m7', secret).status, 403)
        self.assertEqual(self.ask('GET', '/v1/token', token=secret).status, 403)
        self.assertEqual(self.ask('POST', '/v1/tokens', token='submit', id=name, do='approve').status, 403)
        self.assertEqual(self.ask('POST', '/v1/tokens', token='administer', id=name, do='approve').status, 200)
        self.assertEqual(self.submit('m7', secret).status, 201)
        self.assertEqual(self.submit('m8', secret).status, 403)
        self.assertEqual(self.ask('POST', '/v1/tokens', token='administer', id=name, do='revoke').status, 200)
        self.assertEqual(self.submit('m7', secret).status, 403)
        self.assertEqual(self.ask('POST', '/v1/enrol', {'holder': 'm7', 'subject': 'm*'}).status, 400)

    def test_a_secret_to_enrol_with_works_once(self):
        once = self.run_program('token', 'make', 'm9', '--scope', 'enrol', '--subject', 'm9').stdout.strip()
        self.assertEqual(self.submit('m9', once).status, 403)
        made = self.ask('POST', '/v1/enrol', {'holder': 'm9 itself'}, token=once)
        self.assertEqual((made.status, made.json['subject'], made.json['state']), (201, 'm9', 'active'))
        self.assertEqual(self.submit('m9', made.json['token']).status, 201)
        self.assertIn(self.ask('POST', '/v1/enrol', {'holder': 'again'}, token=once).status, (401, 403, 404))
        self.assertEqual(self.ask('POST', '/v1/enrol', {'holder': 'x'}, token='stw_forged').status, 401)

    def test_tokens_are_kept_as_hashes_and_renewed(self):
        secret = self.run_program('token', 'make', 'm3', '--subject', 'm3').stdout.strip()
        renewed = self.ask('POST', '/v1/token/rotate', token=secret)
        self.assertEqual(renewed.status, 201)
        self.assertEqual(self.submit('m3', renewed.json['token']).status, 201)
        self.assertTrue(self.ask('GET', '/v1/token', token=secret).json['expires'])
        kept = b''.join(file.read_bytes() for file in self.folder.glob('ledger.db*'))
        for each in (secret, renewed.json['token'], self.tokens['administer']):
            self.assertNotIn(each[4:].encode(), kept)
        listed = json.dumps(self.ask('GET', '/v1/tokens', token='administer').json)
        self.assertNotIn(secret, listed)
        self.assertNotIn(secret, (self.folder / 'log').read_text())

    def sign_in(self, token='accept'):
        answer = self.ask('POST', '/v1/session', token=token)
        self.assertEqual(answer.status, 200)
        return answer.headers['set-cookie'], answer.json['csrf']

    def test_a_cookie_alone_writes_nothing(self):
        cookie, csrf = self.sign_in()
        for wanted in ('HttpOnly', 'SameSite=Strict', 'Path=/'):
            self.assertIn(wanted, cookie)
        value = cookie.split(';')[0]
        wish = {'decision': 'accept', 'subject': 'app', 'advisory': 'CVE-2020-1', 'reason': 'x'}
        self.assertEqual(self.ask('POST', '/v1/acceptances', wish, header_Cookie=value).status, 403)
        self.assertEqual(self.ask('POST', '/v1/acceptances', wish, header_Cookie=value,
                                  header_X_Csrf_Token='0' * 64).status, 403)
        other = self.sign_in('administer')[1]
        self.assertEqual(self.ask('POST', '/v1/acceptances', wish, header_Cookie=value,
                                  header_X_Csrf_Token=other).status, 403)
        self.assertEqual(self.ask('POST', '/v1/acceptances', wish, header_Cookie=value,
                                  header_X_Csrf_Token=csrf).status, 201)
        self.assertEqual(self.ask('GET', '/v1/session', header_Cookie=value).json['csrf'], csrf)
        forged = value.replace('.', '.9', 1)
        self.assertEqual(self.ask('GET', '/v1/session', header_Cookie=forged).json, {'signed_in': False})

    def test_a_cookie_ends_with_its_token(self):
        secret = self.run_program('token', 'make', 'p', '--scope', 'accept').stdout.strip()
        value = self.sign_in(secret)[0].split(';')[0]
        name = self.ask('GET', '/v1/token', token=secret).json['id']
        self.assertTrue(self.ask('GET', '/v1/session', header_Cookie=value).json['signed_in'])
        self.run_program('token', 'revoke', name)
        self.assertFalse(self.ask('GET', '/v1/session', header_Cookie=value).json['signed_in'])

    def test_a_page_refuses_what_is_not_its_own(self):
        answer = self.ask('GET', '/')
        if answer.status == 404:
            self.assertIn('error', answer.json)  # built without pages
            return
        policy = answer.headers['content-security-policy']
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn('unsafe', policy)


class Closed(ServerCase):
    serve_options = ('--closed', '--rate', '1', '--burst', '20')

    def test_reading_needs_a_token(self):
        self.assertEqual(self.ask('GET', '/v1/kb').status, 401)
        self.assertEqual(self.ask('GET', '/v1/kb', token='read').status, 200)
        self.assertEqual(self.ask('GET', '/v1/log', token='read').status, 403)
        self.assertEqual(self.ask('GET', '/healthz').status, 200)

    def test_who_asks_too_often_is_told_when_to_come_back(self):
        statuses = [self.ask('GET', '/v1/kb', token='read') for _ in range(40)]
        refused = [answer for answer in statuses if answer.status == 429]
        self.assertGreater(len(refused), 5)
        self.assertGreaterEqual(int(refused[0].headers['retry-after']), 1)
        self.assertEqual(self.ask('GET', '/healthz').status, 200)


if __name__ == '__main__':
    unittest.main(verbosity=2)
