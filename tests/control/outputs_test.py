"""What the program writes about a real tree, from end to end, read by somebody else's validators (tests/validators): every
report, with and without a policy, of a tree with nested, modified and undecided copies; explain; audit; control."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

MODULES = os.path.abspath(sys.argv.pop(3))

from support import TOP, World  # noqa: E402 (takes the arguments before it)

MORE = '''
cp -r libdemo outer; (cd outer; git tag | xargs git tag -d > /dev/null; mkdir vendor; mv src vendor/inner
    for i in 1 2 3 4; do code lib/outer$i.c outer$i 60; done; git add -A; git commit -q -m x; git tag v3.0)
sed 's/libdemo/outer/' catalog/libdemo.catalog | sed "s|^Git:.*|Git: $PWD/outer|; s/MIT/MIT OR GPL-2.0-only/" > catalog/outer.catalog
'''
TREE = '''
embed 1.1 tree/vendor/demo; embed 1.2 tree/changed; sed -i '7s/return/return 1 +/' tree/changed/src/two.c; rm tree/changed/include/demo.h
mkdir -p tree/3rd/outer; git -C outer archive v3.0 | tar -x -C tree/3rd/outer; code tree/main.c main 50
embed 1.2 tree/3rd/outer/deps/demo
mkdir -p "tree/odd \303\251 <name>"; embed 1.0 "tree/odd \303\251 <name>/demo"
mkdir -p tree/third_party/left; echo '{"name": "left", "version": "1.3.0"}' > tree/third_party/left/package.json
code tree/third_party/left/index.js left 30
mkdir osv; cat > osv/one.json <<EOF
{"id": "GHSA-1111-2222-3333", "aliases": ["CVE-2024-1"], "modified": "2024-05-01T00:00:00Z", "summary": "Two bytes too many",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "Upstream", "name": "libdemo"},
  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.1"}, {"fixed": "1.2"}]}]}]}
EOF
printf 'allow = ["outer"]\\nrequire = ["libdemo >= 1.2"]\\ndeny-licences = ["GPL-*", "MIT"]\\n[[accept]]\\npath = "changed"\\n' > policy.toml
'''
SCANS = ('table', 'json', 'cyclonedx', 'spdx', 'spdx-tv', 'sarif', 'html', 'deb822', 'rpm')


class Outputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.world = World(cls.temporary.name, more=MORE)
        cls.world.shell(TREE)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def assert_valid(self, format, *files):
        done = subprocess.run([sys.executable, str(TOP / 'tests/validators/validate.py'), format,
                               *[str(self.world.folder / file) for file in files], '--modules', MODULES + '/node_modules'],
                              capture_output=True, text=True)
        if done.returncode == 77:
            self.skipTest(done.stdout.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_tree_holds_what_reports_find_hard(self):
        self.world.stowaway('scan', '--json', '-o', 'look.json', 'tree')
        look = (self.world.folder / 'look.json').read_text()
        for part in ('"modified"', '"identical"', '"nested_in": 0', 'MIT OR GPL-2.0-only', '"declared_only": [\n    {'):
            self.assertIn(part, look)

    def test_every_report_of_a_scan(self):
        outputs = [word for name in SCANS for word in ('--output', '%s=%s.out' % (name, name))]
        self.world.stowaway('scan', *outputs, 'tree')
        for name in SCANS:
            self.assert_valid(name, name + '.out')

    def test_reports_with_a_policy(self):
        self.world.stowaway('scan', '--policy', 'policy.toml', '--output', 'json=p.json', '--output', 'sarif=p.sarif', '--output',
                            'table=p.txt', 'tree', status=1)
        self.assert_valid('json', 'p.json')
        self.assert_valid('sarif', 'p.sarif')
        self.assert_valid('table', 'p.txt')

    def test_control_and_explain(self):
        self.world.stowaway('control', '-o', 'control.out', 'tree')
        self.world.stowaway('control', '--paths', '-o', 'paths.out', 'tree')
        self.assert_valid('deb822', 'control.out', 'paths.out')
        self.world.stowaway('control', '--format', 'rpm', '-o', 'control.spec', 'tree')
        self.assert_valid('rpm', 'control.spec')
        self.world.stowaway('explain', '--json', '-o', 'why.json', 'tree', 'changed')
        self.assert_valid('explain', 'why.json')

    def test_audit(self):
        for name, check in (('json', 'audit'), ('openvex', 'openvex'), ('cyclonedx', 'vex-cyclonedx')):
            self.world.stowaway('audit', '--advisories', 'osv', '--format', name, '-o', 'audit.' + name, 'tree')
            self.assert_valid(check, 'audit.' + name)

    def test_the_commands_of_the_ci_templates(self):
        self.world.shell('cp policy.toml tree/stowaway.toml')
        commands = []
        for name, pattern in (('pre-commit-hooks.yaml', r'entry: (.*)'), ('github/action.yml', r'run: (.*)'), ('gitlab.yml', r'- (stowaway .*)')):
            commands += re.findall(pattern, (TOP / 'packaging/ci' / name).read_text())
        self.assertEqual(len(commands), 3)
        for command in commands:
            done = self.world.run('sh', '-c', command, where='tree', status=1, SUBJECT='.', POLICY='stowaway.toml', SARIF='out.sarif')
            self.assertIn('Policy stowaway.toml: ', done.stdout, command)
        self.assert_valid('sarif', 'tree/out.sarif')
        self.assert_valid('cyclonedx', 'tree/sbom.cdx.json')
        self.world.shell('cd tree; rm stowaway.toml out.sarif sbom.cdx.json')

    def test_fingerprints_outlive_an_update(self):
        prints = []
        for version in ('1.0', '1.1'):
            self.world.shell('rm -rf updated; embed %s updated/vendor/demo; seq -f "void main_%%g(char *);" 90 > updated/main.c' % version)
            self.world.stowaway('scan', '--format', 'sarif', '-o', 'updated.sarif', 'updated')
            results = json.loads((self.world.folder / 'updated.sarif').read_text())['runs'][0]['results']
            prints.append([result['partialFingerprints'] for result in results])
        self.assertEqual(len(prints[0]), 1)
        self.assertEqual(prints[0], prints[1])


if __name__ == '__main__':
    unittest.main()
