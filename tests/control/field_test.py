"""The Embeds field from a scan into a .deb and a .dsc and back, in a Debian source package that dpkg-buildpackage builds
here with the debhelper add-on; the check of debian/control; bundled() provides in a spec file."""
import tempfile
import unittest

from support import World

CONTROL = '''Source: embeds-demo
Section: misc
Priority: optional
Maintainer: A Tester <a@example.org>
Build-Depends: debhelper-compat (= 13)
Standards-Version: 4.6.2
Rules-Requires-Root: no
XS-Embeds: %s

Package: embeds-demo
Architecture: all
Depends: ${misc:Depends}
XB-Embeds: ${stowaway:Embeds}
Description: embeds a library
 For a test.
'''
CHANGELOG = '''embeds-demo (1.0) unstable; urgency=medium

  * A test.

 -- A Tester <a@example.org>  Mon, 23 Nov 2026 08:00:00 +0000
'''
READ_DSC = ('use Dpkg::Control; my $c = Dpkg::Control->new(type => CTRL_PKG_SRC); $c->load($ARGV[0]); '
            'print $c->{Embeds} // "none"')


class Field(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.world = World(folder.name)

    def make_package(self, source_field):
        world = self.world
        world.shell('embed 1.1 pkg/vendor/demo; embed 1.0 pkg/old; echo "int local;" >> pkg/old/src/one.c; code pkg/main.c main 30')
        world.write('pkg/debian/control', CONTROL % source_field)
        world.write('pkg/debian/changelog', CHANGELOG)
        world.write('pkg/debian/source/format', '3.0 (native)\n')
        world.write('pkg/debian/rules', '#!/usr/bin/make -f\n%:\n\tdh $@ --with stowaway\n', 0o755)
        # What a build leaves behind is not what the source embeds.
        world.write('pkg/debian/embeds-demo.install', 'built/* usr/share/embeds-demo\n')
        world.write('pkg/Makefile', 'all:\n\tmkdir -p built && cp -r vendor built/again\nclean:\n\trm -rf built\n')
        world.write('pkg/main.h', 'int main(void);\n')

    def build(self, *options):
        return self.world.run('dpkg-buildpackage', '-us', '-uc', '-d', *options, where='pkg')

    FOUND = 'libdemo (= 1.0) <modified>, libdemo (= 1.1)'

    def test_the_add_on_fills_the_field_of_both_packages(self):
        self.make_package('${stowaway:Embeds}')
        world = self.world
        self.build('--source-option=-T%s/pkg/debian/embeds.substvars' % world.folder)
        deb = world.run('dpkg-deb', '-f', 'embeds-demo_1.0_all.deb', 'Embeds').stdout
        self.assertEqual(deb, self.FOUND + '\n')
        self.assertEqual(world.run('perl', '-e', READ_DSC, 'embeds-demo_1.0.dsc').stdout, self.FOUND)
        # What the packages say is what is there, and what anybody can check with them alone.
        self.assertEqual(world.stowaway('control', '--check', 'embeds-demo_1.0.dsc', 'embeds-demo_1.0.dsc'), '')
        listing = world.run('dpkg-deb', '-c', 'embeds-demo_1.0_all.deb').stdout
        self.assertIn('./usr/share/embeds-demo/again/', listing)

    def test_a_field_that_is_written_out_is_carried_and_checked(self):
        self.make_package(self.FOUND)
        world = self.world
        self.assertEqual(world.stowaway('control', '--check', 'debian/control', where='pkg'), '')  # by the other paragraph
        control = world.folder / 'pkg/debian/control'
        control.write_text(control.read_text().replace('XB-Embeds: ${stowaway:Embeds}\n', ''))
        self.assertEqual(world.stowaway('control', '--check', 'debian/control', where='pkg'), '')
        world.run('dh_stowaway', '--check', where='pkg')
        world.write('pkg/debian/rules', '#!/usr/bin/make -f\n%:\n\tdh $@ --with stowaway\n\nbefore:\n\ttrue\n', 0o755)
        self.build('-S')
        self.assertEqual(world.run('perl', '-e', READ_DSC, 'embeds-demo_1.0.dsc').stdout, self.FOUND)
        self.assertFalse((world.folder / 'pkg/debian/embeds.substvars').exists())

        control.write_text(control.read_text().replace('libdemo (= 1.1)', 'libdemo (= 1.0)') + '')
        said = world.stowaway('control', '--check', 'debian/control', where='pkg', status=1)
        self.assertEqual(said, 'libdemo (= 1.1) {vendor/demo}: found, but declared as libdemo (= 1.0)\n')
        failed = world.run('dh_stowaway', '--check', where='pkg', status=25)
        self.assertIn('declares something else', failed.stderr)

    def test_formats(self):
        world = self.world
        world.shell('embed 1.1 tree/vendor; code tree/main.c main 30')
        self.assertEqual(world.stowaway('control', 'tree'), 'Embeds: libdemo (= 1.1)\n')
        self.assertEqual(world.stowaway('control', '--prefix', 'XB', '--paths', 'tree'), 'XB-Embeds: libdemo (= 1.1) {vendor}\n')
        self.assertEqual(world.stowaway('control', '--format', 'substvar', 'tree'), 'stowaway:Embeds=libdemo (= 1.1)\n')
        world.stowaway('control', '--format', 'rpm', '-o', 'provides', 'tree')
        provides = (world.folder / 'provides').read_text()
        world.write('probe.spec', 'Name: probe\nVersion: 1\nRelease: 1\nSummary: p\nLicense: MIT\n%s%%description\np\n' % provides)
        read = world.run('rpmspec', '-q', '--provides', 'probe.spec').stdout
        self.assertIn('bundled(libdemo) = 1.1\n', read)

    def test_wrong_use(self):
        world = self.world
        world.write('bad', 'Source: x\nXS-Embeds: (\n')
        world.stowaway('control', '--check', 'bad', '.', status=6)
        world.stowaway('control', '--check', 'none', '.', status=2)
        world.stowaway('control', 'none', status=2)


if __name__ == '__main__':
    unittest.main()
