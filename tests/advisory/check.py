#!/usr/bin/env python3
"""usage: check.py PROGRAM SOURCE_DIR WORK_DIR NODE_MODULES [--update]

Audits what a scan of Debian's cmake 3.25.1 finds (cmake-3.25.1.scan.json: paths and versions) against the advisories that
come with Stowaway, and compares with the list beside this file: path, component, versions, advisory, severity, status, fix.
Then the VEX documents that it writes are read back, and every format is checked by somebody else's validator.

After a change of advisories/starter.jsonl: --update, and review the diff.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = os.path.join(HERE, 'cmake-3.25.1.scan.json')
LIST = os.path.join(HERE, 'cmake-3.25.1.tsv')

# What must be there whatever else is: known vulnerabilities of these very versions.
KNOWN = {('Utilities/cmcurl', 'CVE-2022-43551'), ('Utilities/cmcurl', 'CVE-2023-23916'), ('Utilities/cmcurl', 'CVE-2023-38545'),
         ('Utilities/cmexpat', 'CVE-2022-40674'), ('Utilities/cmexpat', 'CVE-2022-43680'), ('Utilities/cmzlib', 'CVE-2022-37434'),
         ('Utilities/cmlibarchive', 'CVE-2022-26280'), ('Utilities/cmlibarchive', 'CVE-2022-36227'),
         ('Utilities/cmzstd', 'CVE-2022-4899')}


def main():
    program, source, work, modules = sys.argv[1:5]
    os.makedirs(work, exist_ok=True)
    no_kb = os.path.join(work, 'no.kb')  # the names of components are in the report: no knowledge base is needed
    environment = {**os.environ, 'SOURCE_DATE_EPOCH': '1700000000', 'STOWAWAY_KB': no_kb}
    environment.pop('STOWAWAY_ADVISORIES', None)

    def audit(*arguments, status=0):
        command = [program, '--quiet', 'audit', '--advisories', os.path.join(source, 'advisories', 'starter.jsonl'), FACTS, *arguments]
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
        if run.returncode != status:
            sys.exit('%s ended with %d: %s' % (' '.join(command), run.returncode, run.stderr))
        return run.stdout

    def rows(report):
        for finding in report['findings']:
            copy = report['copies'][finding['copy']]
            if finding['status'] != 'not_affected':
                yield (copy['path'], copy['component'], ' '.join(copy['versions']), finding['advisory'], finding['severity'],
                       finding['status'], finding['fixed_version'] or '-')

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
