#!/usr/bin/env python3
"""usage: story.py PROGRAM WORK_DIR

Three packages embed one library at three versions. An advisory says "before 1.2": the two that are hit are named and their
owners told once. One is patched in place, one is accepted; the acceptance expires, and it is open again.
"""
import base64
import email
import json
import os
import sys
import xml.etree.ElementTree

import support
from support import check


def told(post):
    """(address, text) of each mail since the last call."""
    mails = [(receivers[0], base64.b64decode(email.message_from_string(mail).get_payload()).decode('utf-8'))
             for _, receivers, mail, _ in post.mails]
    post.mails.clear()
    return mails


def entries(path):
    atom = '{http://www.w3.org/2005/Atom}'
    feed = xml.etree.ElementTree.parse(path).getroot()
    return [(entry.find(atom + 'id').text, entry.find(atom + 'category').get('term'), entry.find(atom + 'title').text)
            for entry in feed.findall(atom + 'entry')]


def finding(program, name, *arguments):
    report = json.loads(program.run('--quiet', 'audit', '--advisories', 'osv.json', '--in', name, '--json', *arguments, name + '.scan.json'))
    return next(each for each in report['findings'] if each['advisory'] == 'CVE-2024-1')


def main():
    program = support.Program(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    post = support.Post()
    controller, certificate = support.mail_server(program.work, post)
    program.use_mail(controller, certificate)
    feed = os.path.join(program.work, 'feed.atom')

    packages = {'old': '1.0', 'middle': '1.1', 'new': '1.2'}
    for name, version in packages.items():
        program.subject(name, version)
        program.run('notify', 'subscribe', 'mail', name + '@example.org', '--in', name, '--severity', 'high')
    program.run('notify', 'subscribe', 'feed', feed)
    program.write('osv.json', program.advisory('CVE-2000-1', '0.1'))
    for name in packages:
        check('0 changes' in program.audit(name), name + ' is tracked, and nothing is known against it')
    program.notify()
    check(not told(post), 'nobody is told anything')

    program.write('osv.json', [program.advisory('CVE-2000-1', '0.1'), program.advisory('CVE-2024-1', '1.2')])
    for name in packages:
        program.audit(name)
    program.notify()
    mails = told(post)
    check(sorted(address for address, _ in mails) == ['middle@example.org', 'old@example.org'], 'the owners of the two that are hit are told')
    check(all('[new]' in text and 'CVE-2024-1' in text and 'critical' in text and 'fixed in: 1.2' in text for _, text in mails),
          'what, how bad, and what fixes it')
    for name in packages:
        program.audit(name)
    program.notify()
    check(not told(post), 'once')

    evidence = [program.write('patches.json', {'format': 'stowaway-patches-1', 'copies': [
        {'path': 'vendor/demo', 'component': 'libdemo', 'advisory': 'CVE-2024-1', 'form': 'fixed form', 'detail': 'demo()'}]}),
                program.write('tests.json', {'format': 'stowaway-testcase-run-1', 'subject': 'old', 'outcomes': [
                    {'case': 'demo', 'advisory': 'CVE-2024-1', 'component': 'libdemo', 'path': 'vendor/demo',
                     'verdict': 'not-vulnerable', 'evidence': 'ran to its end'}]})]
    options = [word for file in evidence for word in ('--evidence', file)]
    patched = finding(program, 'old', *options)
    check((patched['status'], patched['patch_form'], patched['testcase_verdict']) == ('not_affected', 'fixed_form', 'not_vulnerable') and
          patched['status_by_version'] == 'affected', 'patched in place: the fixed form, not vulnerable, whatever its version says')
    program.audit('old', *options)
    program.notify()
    mails = told(post)
    check(len(mails) == 1 and mails[0][0] == 'old@example.org' and '[fixed]' in mails[0][1], 'and its owner is told')

    program.run('accept', 'CVE-2024-1', '--in', 'middle', '--reason', 'only trusted input', '--until', '2027-01-16', '--by', 'Ada')
    accepted = finding(program, 'middle')
    check(accepted['status'] == 'affected' and not accepted['open'] and accepted['acceptance']['by'] == 'Ada',
          'accepted: still listed as affected, with who and why')
    check('accepted by Ada until 2027-01-16: only trusted input' in program.audit('middle'), 'in the table, too')
    program.audit('middle', '--fail-on', 'high')
    program.notify()
    check('now accepted' in told(post)[0][1], 'its owner is told')

    program.now += 2 * 86400
    expired = finding(program, 'middle')
    check(expired['open'] and expired['acceptance']['expired'], 'the day has passed: it is open again and says so')
    program.audit('middle', '--fail-on', 'high', status=1)
    program.notify()
    mails = told(post)
    check(len(mails) == 1 and '[expired]' in mails[0][1], 'its owner is told')
    program.run('revoke', 'CVE-2024-1', '--in', 'middle', '--by', 'Eve')
    history = program.run('acceptances', '--in', 'middle', '--history')
    check('by Ada until 2027-01-16: only trusted input' in history and 'revoke' in history and 'by Eve' in history,
          'every decision is kept, with time and author')
    check('Nothing is accepted' in program.run('acceptances'), 'and nothing is accepted any more')

    kinds = [kind for _, kind, _ in entries(feed)]
    check(kinds == ['expired', 'changed', 'fixed', 'new', 'new'], 'the feed has it all, newest first')
    before = entries(feed)
    program.subject('middle', '1.2')
    program.audit('middle')
    program.notify()
    after = entries(feed)
    check(after[1:] == before and after[0][1] == 'fixed', 'entries keep their ids')
    controller.stop()


main()
