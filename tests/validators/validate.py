#!/usr/bin/env python3
"""Checks reports of Stowaway with somebody else's eyes.

usage: validate.py FORMAT FILE… [--modules DIRECTORY]

FORMAT     a name that `stowaway scan --format` takes, or "explain", "testcase-run", "testcase-sweep" for those JSONs
FILE       one report; an empty one is valid for deb822 and rpm
--modules  node_modules with the packages of package.json beside this script (install.sh makes it)

Exit status: 0 all valid; 1 at least one is not; 77 the check could not be made, with the reason (ctest: skipped).

Official schemas come from npm packages at test time: none of them is in this repository. SPDX publishes no package
with its 2.3 schema; the rules of the specification are checked here, and the schema too where STOWAWAY_SPDX_SCHEMA
names the file.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, '..', '..', 'schema')
UNCHECKED = 77


def skip(reason):
    print('skipped: ' + reason)
    sys.exit(UNCHECKED)


def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def read(path):
    with open(path, encoding='utf-8', newline='') as file:
        return file.read()


def schema_errors(schema, document, others=()):
    try:
        import jsonschema
    except ImportError:
        skip('python3-jsonschema is not installed')
    kind = jsonschema.validators.validator_for(schema)
    store = {}
    for other in others:
        name = other.get('$id') or other.get('id')
        store[name] = store[name.rsplit('/', 1)[-1]] = other
    base = schema.get('$id') or schema.get('id') or ''
    resolver = jsonschema.RefResolver(base, schema, store=store)
    checker = kind(schema, resolver=resolver, format_checker=jsonschema.FormatChecker())
    for error in checker.iter_errors(document):
        yield '%s: %s' % ('/'.join(map(str, error.absolute_path)) or '(document)', error.message[:300])


def in_modules(modules, name):
    path = os.path.join(modules or os.path.join(HERE, 'node_modules'), name)
    if not os.path.exists(path):
        skip(name + ' is not installed: tests/validators/install.sh needs npm and the npm registry')
    return path


def check_json(path, _):
    yield from schema_errors(load(os.path.join(SCHEMAS, 'scan-1.schema.json')), load(path))


def check_explain(path, _):
    scan = load(os.path.join(SCHEMAS, 'scan-1.schema.json'))
    yield from schema_errors(load(os.path.join(SCHEMAS, 'explain-1.schema.json')), load(path), [scan])


def check_testcase_run(path, _):
    yield from schema_errors(load(os.path.join(SCHEMAS, 'testcase-run-1.schema.json')), load(path))


def check_testcase_sweep(path, _):
    run = load(os.path.join(SCHEMAS, 'testcase-run-1.schema.json'))
    sweep = load(path)
    yield from schema_errors(load(os.path.join(SCHEMAS, 'testcase-sweep-1.schema.json')), sweep, [run])
    if sum(span['releases'] for span in sweep['spans']) != sweep['releases']:
        yield 'the spans are not all releases'


def check_audit(path, _):
    """The schema, and that findings lead to copies and advisories that are there."""
    audit = load(path)
    yield from schema_errors(load(os.path.join(SCHEMAS, 'audit-1.schema.json')), audit)
    known = {advisory['id'] for advisory in audit['advisories']}
    if len(known) != len(audit['advisories']):
        yield 'an advisory is there twice'
    pairs = [(finding['copy'], finding['advisory']) for finding in audit['findings']]
    if len(set(pairs)) != len(pairs):
        yield 'two findings for one copy and advisory'
    for copy, advisory in pairs:
        if copy >= len(audit['copies']) or advisory not in known:
            yield 'a finding leads nowhere: %s of copy %s' % (advisory, copy)
    if audit['summary']['open'] != sum(finding['open'] for finding in audit['findings']):
        yield 'summary.open is not the number of open findings'


OPENVEX_JUSTIFICATIONS = ('component_not_present', 'vulnerable_code_not_present', 'vulnerable_code_not_in_execute_path',
                          'vulnerable_code_cannot_be_controlled_by_adversary', 'inline_mitigations_already_exist')
IRI = re.compile(r'[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>"{}|\\^`]*\Z')


def check_openvex(path, _):
    """The rules of the OpenVEX 0.2.0 specification; its schema too where STOWAWAY_OPENVEX_SCHEMA names the file."""
    document = load(path)
    if os.environ.get('STOWAWAY_OPENVEX_SCHEMA'):
        yield from schema_errors(load(os.environ['STOWAWAY_OPENVEX_SCHEMA']), document)
    if document.get('@context') != 'https://openvex.dev/ns/v0.2.0':
        yield 'no @context of OpenVEX 0.2.0'
    for field in ('@id', 'author', 'timestamp', 'version', 'statements'):
        if field not in document:
            yield 'no ' + field
    if not re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z', document['timestamp']):
        yield 'timestamp is not a UTC time'
    identifiers = [document['@id']]
    for statement in document['statements']:
        if not statement['vulnerability'].get('name'):
            yield 'a vulnerability without a name'
        if statement['status'] not in ('not_affected', 'affected', 'fixed', 'under_investigation'):
            yield 'no status: ' + statement['status']
        if statement['status'] == 'not_affected' and not (statement.get('justification') or statement.get('impact_statement')):
            yield 'not_affected without justification and impact_statement'
        if statement.get('justification', OPENVEX_JUSTIFICATIONS[0]) not in OPENVEX_JUSTIFICATIONS:
            yield 'no justification: ' + statement['justification']
        if statement['status'] == 'affected' and not statement.get('action_statement'):
            yield 'affected without action_statement'
        for product in statement['products']:
            identifiers += [product['@id']] + [part['@id'] for part in product.get('subcomponents', [])]
    for identifier in identifiers:
        if not IRI.match(identifier):
            yield 'no IRI: ' + identifier


def check_vex_cyclonedx(path, modules):
    """A bill of materials whose vulnerabilities lead to its components."""
    yield from check_cyclonedx(path, modules)
    bom = load(path)
    references = {component['bom-ref'] for component in bom['components']}
    for vulnerability in bom['vulnerabilities']:
        for affects in vulnerability['affects']:
            if affects['ref'] not in references:
                yield '%s affects an unknown %s' % (vulnerability['id'], affects['ref'])


def components_of(holder):
    for component in holder.get('components', []):
        yield component
        yield from components_of(component)


def check_cyclonedx(path, modules):
    folder = in_modules(modules, '@cyclonedx/cyclonedx-library/res/schema')
    names = ('bom-1.6', 'spdx', 'jsf-0.82', 'cryptography-defs')
    schemas = [load(os.path.join(folder, name + '.SNAPSHOT.schema.json')) for name in names]
    bom = load(path)
    yield from schema_errors(schemas[0], bom, schemas[1:])
    references = [bom['metadata']['component']['bom-ref']] + [c['bom-ref'] for c in components_of(bom)]
    if len(set(references)) != len(references):
        yield 'a bom-ref is there twice'
    if sorted(references) != sorted(d['ref'] for d in bom['dependencies']):
        yield 'dependencies do not list each component once'
    for dependency in bom['dependencies']:
        if not set(dependency.get('dependsOn', [])) <= set(references):
            yield 'dependency on an unknown bom-ref: ' + dependency['ref']


def check_sarif(path, modules):
    schema = in_modules(modules, '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
    log = load(path)
    yield from schema_errors(load(schema), log)
    for run in log['runs']:
        rules = [rule['id'] for rule in run['tool']['driver']['rules']]
        prints = [tuple(sorted(result['partialFingerprints'].items())) for result in run['results']]
        if len(set(prints)) != len(prints):
            yield 'two results with the same fingerprint'
        for result in run['results']:
            if rules[result['ruleIndex']] != result['ruleId']:
                yield 'ruleIndex does not lead to ruleId: ' + result['ruleId']
            if not result['locations']:
                yield 'a result without location, which code scanning refuses'


def licence_errors(expressions, modules):
    """Licence expressions by a parser that is not ours; LicenseRef-… are allowed, unknown ids are not."""
    folder = in_modules(modules, 'spdx-expression-parse')
    if shutil.which('node') is None:
        skip('node is not installed')
    script = ('const parse = require(process.argv[1]);'
              'for (const e of JSON.parse(process.argv[2])) { try { parse(e) } catch (x) { console.log(e + ": " + x.message) } }')
    done = subprocess.run(['node', '-e', script, folder, json.dumps(sorted(expressions))],
                          capture_output=True, text=True, check=True)
    yield from done.stdout.splitlines()


SPDX_ID = re.compile(r'SPDXRef-[a-zA-Z0-9.-]+\Z')


def check_spdx(path, modules):
    document = load(path)
    if os.environ.get('STOWAWAY_SPDX_SCHEMA'):
        yield from schema_errors(load(os.environ['STOWAWAY_SPDX_SCHEMA']), document)
    yield from spdx_errors(document, modules)


def spdx_errors(document, modules):
    """The mandatory fields and value rules of SPDX 2.3, clauses 6, 7, 10 and 11."""
    for field, wanted in (('spdxVersion', 'SPDX-2.3'), ('dataLicense', 'CC0-1.0'), ('SPDXID', 'SPDXRef-DOCUMENT')):
        if document.get(field) != wanted:
            yield '%s is not %s' % (field, wanted)
    if not re.match(r'[a-z][a-z0-9+.-]*:[^#\s]+\Z', document.get('documentNamespace', '')):
        yield 'documentNamespace is not a URI without fragment'
    created = document['creationInfo']['created']
    if not re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z', created):
        yield 'created is not a UTC time: ' + created
    for creator in document['creationInfo']['creators']:
        if not re.match(r'(Tool|Organization|Person): .+\Z', creator):
            yield 'no creator: ' + creator
    ids = ['SPDXRef-DOCUMENT'] + [package['SPDXID'] for package in document['packages']]
    if len(set(ids)) != len(ids):
        yield 'an SPDXID is there twice'
    references = {info['licenseId'] for info in document.get('hasExtractedLicensingInfos', [])}
    expressions = set()
    for package in document['packages']:
        if not SPDX_ID.match(package['SPDXID']):
            yield 'no SPDXID: ' + package['SPDXID']
        if not package.get('name') or 'downloadLocation' not in package:
            yield 'package without name or downloadLocation: ' + package['SPDXID']
        for field in ('licenseDeclared', 'licenseConcluded'):
            value = package.get(field, 'NOASSERTION')
            if value not in ('NOASSERTION', 'NONE'):
                expressions.add(value)
                for reference in re.findall(r'(?<!:)LicenseRef-[A-Za-z0-9.-]+', value):
                    if reference not in references:
                        yield reference + ' has no extracted licensing info'
        for reference in package.get('externalRefs', []):
            if re.search(r'\s', reference['referenceLocator']):
                yield 'a reference locator holds white space'
    for relation in document.get('relationships', []):
        for end in (relation['spdxElementId'], relation['relatedSpdxElement']):
            if end not in ids:
                yield 'relationship with an unknown element: ' + end
    described = {r['relatedSpdxElement'] for r in document['relationships'] if r['relationshipType'] == 'DESCRIBES'}
    if len(described) != 1:
        yield 'the document does not describe one element'
    yield from licence_errors(expressions, modules)


PACKAGE_TAGS = {'PackageName': 'name', 'SPDXID': 'SPDXID', 'PackageVersion': 'versionInfo',
                'PackageDownloadLocation': 'downloadLocation', 'PackageLicenseDeclared': 'licenseDeclared',
                'PackageLicenseConcluded': 'licenseConcluded', 'PackageCopyrightText': 'copyrightText',
                'PackageFileName': 'packageFileName', 'FilesAnalyzed': 'filesAnalyzed',
                'PrimaryPackagePurpose': 'primaryPackagePurpose', 'PackageSourceInfo': 'sourceInfo',
                'PackageLicenseComments': 'licenseComments', 'PackageComment': 'comment'}
DOCUMENT_TAGS = {'SPDXVersion': 'spdxVersion', 'DataLicense': 'dataLicense', 'SPDXID': 'SPDXID',
                 'DocumentName': 'name', 'DocumentNamespace': 'documentNamespace', 'DocumentComment': 'comment'}


def tag_values(text):
    """(tag, value) of a tag-value file; raises ValueError where it is none."""
    for match in re.finditer(r'(?:#[^\n]*|(\w+): (<text>(.*?)</text>|[^\n]*)|)\n', text + '\n', re.S):
        if match.start() != (tag_values.end if match.start() else 0):
            raise ValueError('no tag at: ' + text[tag_values.end:tag_values.end + 60])
        tag_values.end = match.end()
        if match.group(1):
            yield match.group(1), match.group(3) if match.group(3) is not None else match.group(2)
    if tag_values.end < len(text):
        raise ValueError('no tag at: ' + text[tag_values.end:tag_values.end + 60])


def check_spdx_tv(path, modules):
    """Reads the tags back into the JSON form and checks that."""
    document = {'creationInfo': {'creators': []}, 'packages': [], 'relationships': [], 'hasExtractedLicensingInfos': []}
    place = document
    for tag, value in tag_values(read(path)):
        if tag == 'PackageName':
            place = {}
            document['packages'].append(place)
        if tag == 'Creator':
            document['creationInfo']['creators'].append(value)
        elif tag in ('Created', 'CreatorComment'):
            document['creationInfo'][{'Created': 'created', 'CreatorComment': 'comment'}[tag]] = value
        elif tag == 'Relationship':
            one, kind, other = value.split(' ')
            document['relationships'].append({'spdxElementId': one, 'relationshipType': kind, 'relatedSpdxElement': other})
        elif tag == 'ExternalRef':
            category, kind, locator = value.split(' ')
            place.setdefault('externalRefs', []).append(
                {'referenceCategory': category, 'referenceType': kind, 'referenceLocator': locator})
        elif tag in ('LicenseID', 'ExtractedText', 'LicenseName'):
            if tag == 'LicenseID':
                document['hasExtractedLicensingInfos'].append({})
            key = {'LicenseID': 'licenseId', 'ExtractedText': 'extractedText', 'LicenseName': 'name'}[tag]
            document['hasExtractedLicensingInfos'][-1][key] = value
        else:
            keys = DOCUMENT_TAGS if place is document else PACKAGE_TAGS
            if tag not in keys:
                yield 'unknown tag ' + tag
                continue
            place[keys[tag]] = value == 'true' if tag == 'FilesAnalyzed' else value
    yield from spdx_errors(document, modules)
    twin = path.replace('spdx-tv.spdx', 'spdx.spdx.json')
    if twin != path and os.path.exists(twin):
        other = load(twin)
        for key in ('packages', 'relationships', 'creationInfo'):
            if other[key] != document[key]:
                yield 'says something else than the JSON form under ' + key


ENTRY = r'[A-Za-z0-9+._%~-]+( \((=|>=|<=) [A-Za-z0-9.+~:_%-]+\))*( <[a-z]+>)*( \{[A-Za-z0-9%/._~+-]+\})?'
EMBEDS = re.compile(r'{0}( \| {0})*(, {0}( \| {0})*)*\Z'.format(ENTRY))


def check_deb822(path, _):
    try:
        from debian.deb822 import Deb822
    except ImportError:
        skip('python3-debian is not installed')
    text = read(path)
    if not text:
        return
    paragraphs = list(Deb822.iter_paragraphs(text.splitlines(keepends=True), use_apt_pkg=False))
    if len(paragraphs) != 1 or list(paragraphs[0]) != ['Embeds']:
        yield 'not one paragraph with one field'
        return
    value = ' '.join(line.strip() for line in paragraphs[0]['Embeds'].splitlines()).strip()
    if not EMBEDS.match(value):
        yield 'does not follow docs/embeds-field.md: ' + value[:200]


SPEC = """Name: probe
Version: 1
Release: 1
Summary: probe
License: MIT
%s
%%description
probe
"""


def check_rpm(path, _):
    if shutil.which('rpmspec') is None:
        skip('rpmspec (package rpm) is not installed')
    text = read(path)
    wanted = sorted(re.findall(r'^Provides: (.*)$', text, re.M))
    with tempfile.TemporaryDirectory() as folder:
        spec = os.path.join(folder, 'probe.spec')
        with open(spec, 'w', encoding='utf-8') as file:
            file.write(SPEC % text)
        done = subprocess.run(['rpmspec', '-q', '--provides', spec], capture_output=True, text=True,
                              env={**os.environ, 'HOME': folder, 'LC_ALL': 'C.UTF-8'})
    if done.returncode != 0 or done.stderr.strip():
        yield done.stderr.strip() or 'rpmspec failed'
    got = sorted(line for line in done.stdout.splitlines() if line.startswith('bundled('))
    if got != sorted(set(wanted)):
        yield 'rpmspec reads %s, not %s' % (got, wanted)


def check_html(path, modules):
    text = read(path)
    for word in ('<script', 'javascript:', ' onclick', ' src=', '<link', 'url('):
        if word in text.lower():
            yield 'holds ' + word
    if "default-src 'none'" not in text:
        yield 'has no content security policy'
    program = in_modules(modules, 'html-validate/bin/html-validate.js')
    if shutil.which('node') is None:
        skip('node is not installed')
    rules = os.path.join(HERE, 'html-validate.json')
    done = subprocess.run(['node', program, '--config', rules, '--formatter', 'text', path],
                          capture_output=True, text=True)
    if done.returncode != 0:
        yield from (done.stdout + done.stderr).splitlines()


def check_table(path, _):
    for character in read(path):
        if ord(character) < 32 and character != '\n' or 127 <= ord(character) < 160:
            yield 'holds the control character U+%04X' % ord(character)
            return


CHECKS = {'audit': check_audit, 'testcase-run': check_testcase_run, 'testcase-sweep': check_testcase_sweep, 'openvex': check_openvex, 'vex-cyclonedx': check_vex_cyclonedx, 'json': check_json, 'explain': check_explain, 'cyclonedx': check_cyclonedx, 'sarif': check_sarif,
          'spdx': check_spdx, 'spdx-tv': check_spdx_tv, 'deb822': check_deb822, 'rpm': check_rpm,
          'html': check_html, 'table': check_table}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('format', choices=sorted(CHECKS))
    parser.add_argument('files', nargs='+')
    parser.add_argument('--modules')
    options = parser.parse_args()
    wrong = 0
    for path in options.files:
        tag_values.end = 0
        try:
            errors = list(CHECKS[options.format](path, options.modules))
        except (ValueError, KeyError, IndexError) as error:
            errors = ['%s: %s' % (type(error).__name__, error)]
        print('%s: %s' % (path, 'valid' if not errors else '%d errors' % len(errors)))
        for error in errors[:20]:
            print('  ' + error)
        wrong += bool(errors)
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
