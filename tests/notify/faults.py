#!/usr/bin/env python3
"""usage: faults.py PROGRAM WORK_DIR

Servers that are down, slow, refuse, hang, redirect and lie, and a sender that is killed between sending and recording: no
notice is lost, and the one duplicate that nobody can avoid carries the id of the first.
"""
import base64
import collections
import email
import hashlib
import hmac
import json
import os
import sys
import time

import jsonschema

import support
from support import check


def text_of(mail):
    return base64.b64decode(email.message_from_string(mail).get_payload()).decode('utf-8')


def mail_faults(program, post, controller):
    program.run('notify', 'subscribe', 'mail', 'ada@example.org')
    program.subject('app', '1.0')
    program.write('osv.json', program.advisory('CVE-2024-1', '1.1'))
    check('1 change noted' in program.audit('app'), 'a finding is noted')
    check('0 changes noted' in program.audit('app'), 'and only once')

    good = list(program.sending)
    program.sending = ['--smtp', 'smtp://localhost:1', *good[2:]]
    check('1 waiting' in program.notify(status=3), 'server down: it waits')
    check('0 messages' in program.notify(), 'and is not tried before its time')
    program.sending = good
    for answer, what in (('451 try later', 'a temporary refusal'), ('550 never', 'a permanent refusal'), ('999', 'nonsense')):
        program.now += 6 * 3600
        post.answer = answer
        check('1 waiting' in program.notify(status=3), what + ': it waits')
    post.answer, post.delay = None, 4
    program.now += 6 * 3600
    check('1 waiting' in program.notify(status=3), 'a server that is too slow: it waits')
    post.delay = 0
    time.sleep(3)  # the slow one may still take what the sender has given up
    program.now += 6 * 3600
    with open(os.path.join(program.work, 'password'), 'r+', encoding='utf-8') as file:
        file.truncate(3)
    check('1 waiting' in program.notify(status=3), 'a wrong password: it waits')
    program.write('password', support.PASSWORD + '\n')
    program.now += 6 * 3600
    program.sending = [word for word in good if word != '--ca-file' and word != good[-1]]
    before = len(post.mails)
    check('1 waiting' in program.notify(status=3) and len(post.mails) == before, 'an untrusted certificate: nothing is said, it waits')
    program.sending = good
    program.now += 6 * 3600
    check('1 message with 1 notice sent, 0 waiting' in program.notify(), 'and at last it is taken')
    sender, receivers, mail, encrypted = post.mails[-1]
    parsed = email.message_from_string(mail)
    check(encrypted and receivers == ['ada@example.org'] and sender == 'stowaway@example.org', 'over TLS, to the right one')
    check(parsed['Auto-Submitted'] == 'auto-generated' and 'CVE-2024-1' in text_of(mail) and '1.1' in text_of(mail), 'with what counts')
    ids = {email.message_from_string(each[2])['Message-ID'] for each in post.mails}
    check(len(ids) == 1, 'under one Message-ID, however often it was tried')
    taken = len(post.mails)
    program.notify()
    check(len(post.mails) == taken, 'and never again')


def signature_is_right(headers, body):
    wanted = 'sha256=' + hmac.new(support.KEY.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers['X-Hub-Signature-256'], wanted)


def webhook_faults(program, server):
    program.write('key', support.KEY + '\n')
    url = 'http://127.0.0.1:%d/hook' % server.server_port
    program.run('notify', 'subscribe', 'webhook', url, '--key-file', 'key', '--in', 'hook*')
    program.subject('hooked', '1.0')
    program.audit('hooked')
    for behaviour in (500, 503, 404, 410, 'redirect', 'hang'):
        server.behaviour = behaviour
        check('1 waiting' in program.notify(status=3), 'a webhook that answers %s: it waits' % behaviour)
        program.now += 6 * 3600
    server.released.set()
    check(not server.taken and len(set(server.tries)) == 1, 'one id through all tries')
    server.behaviour = 200
    check('0 waiting' in program.notify(), 'and at last it is taken')
    headers, body = server.taken[-1]
    check(signature_is_right(headers, body), 'signed as GitHub signs')
    notice = json.loads(body)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'schema', 'notice-1.schema.json'), encoding='utf-8') as file:
        jsonschema.validate(notice, json.load(file), format_checker=jsonschema.FormatChecker())
    check(notice['message'] == headers['X-Stowaway-Delivery'] == server.tries[0], 'with its id')
    check([event['advisory'] for event in notice['events']] == ['CVE-2024-1'], 'with its event')
    for version, behaviour in (('1.2', 'cut'), ('1.0', 'endless')):
        program.subject('hooked', version)
        program.audit('hooked')
        server.behaviour = behaviour
        check('1 message with 1 notice sent, 0 waiting' in program.notify(), 'who says 200 has it, whatever follows (%s)' % behaviour)


def killed(program, server):
    """The listener has it, the sender dies before it has written that down."""
    program.subject('hooked', '1.2')
    program.audit('hooked')
    taken = len(server.taken)
    server.released.clear()
    server.behaviour = 'taken, then silent'
    process = program.start('notify', '--timeout', '60')
    for _ in range(200):
        if len(server.taken) > taken:
            break
        time.sleep(0.05)
    process.kill()
    process.communicate()
    server.released.set()
    server.behaviour = 200
    check('0 messages' in program.notify(), 'killed: nobody touches it while it may still be under way')
    program.now += 601
    check('1 message with 1 notice sent, 0 waiting' in program.notify(), 'then it is sent again')
    (first, body), (second, again) = server.taken[-2:]
    check(first['X-Stowaway-Delivery'] == second['X-Stowaway-Delivery'] and body == again, 'the duplicate is the same to the byte')
    counts = collections.Counter(headers['X-Stowaway-Delivery'] for headers, _ in server.taken)
    check(sorted(counts.values()) == [1, 1, 1, 2], 'and it is the only one')


def two_at_once(program, server):
    """Ten senders at the same time: each notice once."""
    for i in range(5):
        program.subject('hook%d' % i, '1.0')
        program.audit('hook%d' % i)
    server.taken.clear()
    processes = [program.start('notify') for _ in range(10)]
    for process in processes:
        process.communicate(timeout=120)
    program.notify()
    events = [event['subject'] for _, body in server.taken for event in json.loads(body)['events']]
    check(sorted(events) == ['hook%d' % i for i in range(5)], 'ten senders at once: none lost, none twice')


def main():
    program = support.Program(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    post = support.Post()
    controller, certificate = support.mail_server(program.work, post)
    server = support.http_listener()
    program.use_mail(controller, certificate)
    mail_faults(program, post, controller)
    program.run('notify', 'unsubscribe', program.run('notify', 'list').split()[0])
    webhook_faults(program, server)
    killed(program, server)
    two_at_once(program, server)
    controller.stop()


main()
