#!/usr/bin/env python3
"""usage: check.py PROGRAM SOURCE_DIR WORK_DIR NODE_MODULES [--update]

Audits what a scan of Debian's cmake 3.25.1 finds (cmake-3.25.1.scan.json: paths and versions) against the advisories that
come with Stowaway, and with what the test cases showed of the copies (cmake-3.25.1.testcases.json), and compares with the list beside this file: path, component, versions, advisory, severity, status, fix,
verdict of a test case. Then the VEX documents that it writes are read back, and every format is checked by somebody else's validator.

After a change of advisories/starter.jsonl: --update, and review the diff. `tools/test-cases embedded` writes the verdicts.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = os.path.join(HERE, 'cmake-3.25.1.scan.json')
VERDICTS = os.path.join(HERE, 'cmake-3.25.1.testcases.json')
LIST = os.path.join(HERE, 'cmake-3.25.1.tsv')

# What must be there whatever else is: known vulnerabilities of these very versions.
KNOWN = {('Utilities/cmcurl', 'CVE-2022-43551'), ('Utilities/cmcurl', 'CVE-2023-23916'), ('Utilities/cmcurl', 'CVE-2023-38545'),
         ('Utilities/cmexpat', 'CVE-2022-40674'), ('Utilities/cmexpat', 'CVE-2022-43680'), ('Utilities/cmzlib', 'CVE-2022-37434'),
         ('Utilities/cmlibarchive', 'CVE-2022-26280'), ('Utilities/cmlibarchive', 'CVE-2022-36227'),
         ('Utilities/cmzstd', 'CVE-2022-4899')}

# What test cases showed of these copies: path, advisory, verdict, status that follows.
SHOWN = {('Utilities/cmzlib', 'CVE-2022-37434', 'vulnerable', 'affected'),
         ('Utilities/cmzlib', 'CVE-2018-25032', 'not_vulnerable', 'not_affected'),
         ('Utilities/cmexpat', 'CVE-2022-23852', 'not_vulnerable', 'not_affected'),
         ('Utilities/cmexpat', 'CVE-2022-25235', 'not_vulnerable', 'not_affected'),
         ('Utilities/cmexpat', 'CVE-2022-25236', 'not_vulnerable', 'not_affected'),
         ('Utilities/cmbzip2', 'CVE-2019-12900', 'not_vulnerable', 'not_affected')}


def check_verdicts(report, files):
    """The verdicts are in JSON, in the table and in both VEX documents."""
    shown = {(report['copies'][finding['copy']]['path'], finding['advisory'], finding['testcase_verdict'], finding['status'])
             for finding in report['findings'] if finding['testcase_verdict']}
    if shown != SHOWN:
        sys.exit('FAILED: verdicts of test cases: %s' % sorted(shown ^ SHOWN))
    text = {}
    for name, file in files.items():
        with open(file, encoding='utf-8') as opened:
            text[name] = opened.read()
    if text['table'].count('test case: ') != len(SHOWN) or 'test case: vulnerable, zlib-CVE-2022-37434: ' not in text['table']:
        sys.exit('FAILED: the table does not show the verdicts')
    statements = {(one['products'][0]['subcomponents'][0]['@id'].split('#')[0], one['vulnerability']['name']): one
                  for one in json.loads(text['openvex'])['statements']}
    analyses = {one['id']: one['analysis'] for one in json.loads(text['cyclonedx'])['vulnerabilities']}
    for path, advisory, verdict, _ in SHOWN:
        case = [key for key in statements if key[1] == advisory]
        if len(case) != 1:
            sys.exit('FAILED: OpenVEX has %d statements about %s' % (len(case), advisory))
        statement, analysis = statements[case[0]], analyses[advisory]
        said = statement.get('impact_statement') or statement.get('status_notes')
        if 'test case: ' + verdict.replace('_', '-') not in said or 'test case: ' + verdict.replace('_', '-') not in analysis['detail']:
            sys.exit('FAILED: VEX about %s does not name the test case: %s' % (advisory, statement))
        if verdict == 'not_vulnerable' and statement['status'] == 'not_affected' and not statement['justification']:
            sys.exit('FAILED: no justification: %s' % statement)


def main():
    program, source, work, modules = sys.argv[1:5]
    os.makedirs(work, exist_ok=True)
    no_kb = os.path.join(work, 'no.kb')  # the names of components are in the report: no knowledge base is needed
    environment = {**os.environ, 'SOURCE_DATE_EPOCH': '1700000000', 'STOWAWAY_KB': no_kb}
    environment.pop('STOWAWAY_ADVISORIES', None)

    def audit(*arguments, status=0):
        command = [program, '--quiet', 'audit', '--advisories', os.path.join(source, 'advisories', 'starter.jsonl'), FACTS,
                   '--evidence', VERDICTS, *arguments]
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
        if run.returncode != status:
            sys.exit('%s ended with %d: %s' % (' '.join(command), run.returncode, run.stderr))
        return run.stdout

    def rows(report):
        for finding in report['findings']:
            copy = report['copies'][finding['copy']]
            if finding['status'] != 'not_affected' or finding['testcase_verdict']:
                yield (copy['path'], copy['component'], ' '.join(copy['versions']), finding['advisory'], finding['severity'],
                       finding['status'], finding['fixed_version'] or '-', finding['testcase_verdict'] or '-')

    files = {name: os.path.join(work, 'cmake.' + suffix)
             for name, suffix in (('json', 'json'), ('openvex', 'openvex.json'), ('cyclonedx', 'cdx.json'), ('table', 'txt'))}
    audit(*(word for name, file in files.items() for word in ('--output', name + '=' + file)))
    with open(files['json'], encoding='utf-8') as file:
        report = json.load(file)
    found = sorted(rows(report))
    text = ''.join('\t'.join(row) + '\n' for row in found)
    if sys.argv[5:] == ['--update']:
        with open(LIST, 'w', encoding='utf-8') as file:
            file.write(text)
    with open(LIST, encoding='utf-8') as file:
        if file.read() != text:
            sys.exit('FAILED: the findings are not those of %s; run with --update and review the diff' % LIST)
    missing = KNOWN - {(row[0], row[3]) for row in found}
    if missing:
        sys.exit('FAILED: not listed: %s' % sorted(missing))

    check_verdicts(report, files)

    # The gate: open findings of that severity; what a VEX file states closes them, and stays in the report.
    audit('--fail-on', 'high', status=1)
    for name in ('openvex', 'cyclonedx'):
        with open(files[name], encoding='utf-8') as file:
            vex = file.read()
        closed = os.path.join(work, 'closed.' + name + '.json')
        with open(closed, 'w', encoding='utf-8') as file:
            file.write(vex.replace('"status": "affected"', '"status": "not_affected"')
                       .replace('"state": "exploitable"', '"state": "not_affected"'))
        again = json.loads(audit('--json', '--vex', closed, '--fail-on', 'high'))
        if sorted(rows(again)) != found or again['unused_statements']:
            sys.exit('FAILED: statements changed what was found, or were not used (%s)' % name)
        if any(finding['open'] != (finding['status'] == 'unknown') for finding in again['findings']):
            sys.exit('FAILED: what %s states is not affected is still open' % name)

    validate = os.path.join(source, 'tests', 'validators', 'validate.py')
    for check, name in (('audit', 'json'), ('openvex', 'openvex'), ('vex-cyclonedx', 'cyclonedx'), ('table', 'table')):
        run = subprocess.run([sys.executable, validate, check, files[name], '--modules', modules])
        if run.returncode != 0:
            sys.exit(run.returncode)
    print('%d findings' % len(found))


main()
