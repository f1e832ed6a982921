"""`stowaway diff`: its patch, applied to the pristine release by git itself, gives the copy back, whatever is in it."""
import os
import pathlib
import shutil
import stat
import tempfile
import unittest

from support import World

# Releases hold what breaks patches: binary files, line ends, modes, links, odd names.
RELEASE = r'''
code src/three.c three 60; code src/four.c four 50; code src/five.c five 50
awk '{ printf "%s\r\n", $0 }' src/four.c > src/dos.c
python3 -c 'import random; random.seed(1); open("data.bin", "wb").write(random.randbytes(5000))'
printf 'int last;' > src/noeol.h; printf 'one\ntwo\n' > src/eol.h
mkdir -p docs; seq 300 > docs/manual.txt; : > docs/empty; cp data.bin docs/picture.png
printf '#!/bin/sh\n' > configure; chmod +x configure
ln -s src/one.c link; ln -s docs linked; printf 'was a file\n' > file
code 'src/na me	é"\.c' odd 40
'''
CHANGES = r'''
sed -i '3s/return/return 1 +/' src/three.c; chmod +x src/three.c
sed -i '5s/value/VALUE/' src/dos.c
python3 -c 'b = bytearray(open("data.bin", "rb").read()); b[100:110] = b"0123456789"; open("data.bin", "wb").write(b)'
printf 'int last;\n' > src/noeol.h; printf 'one\ntwo' > src/eol.h
chmod -x configure
ln -sf src/two.c link; rm linked; printf 'is a file now\n' > linked; rm file; ln -s configure file
rm -r docs; git mv -q src/five.c src/5.c 2> /dev/null || mv src/five.c src/5.c
code local/patch.c patch 20; cp /bin/true local/tool; : > local/nothing; printf 'x' > 'local/na\me'
sed -i '1s/^/\/\/ ours\n/' 'src/na me	é"\.c'
'''


def listing(folder):
    """{path: (kind, bytes)} of all files and links."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob('*')):
        name = str(path.relative_to(folder))
        if name.split('/')[0] == '.git':
            continue
        if path.is_symlink():
            found[name] = ('link', os.readlink(path))
        elif path.is_file():
            found[name] = ('x' if path.stat().st_mode & stat.S_IXUSR else '-', path.read_bytes())
    return found


class Diff(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.world = World(cls.temporary.name, RELEASE)
        cls.world.shell('embed 1.3 pristine; embed 1.3 tree/vendor/demo; code tree/main.c main 50')
        cls.world.shell('cd tree/vendor/demo; ' + CHANGES)
        cls.copy = cls.world.folder / 'tree/vendor/demo'

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def diff(self, *arguments, status=0):
        self.world.stowaway('diff', '--offline', '--catalog', 'catalog', '-o', 'patch', *arguments, status=status)
        return (self.world.folder / 'patch').read_bytes()

    def applied(self, pristine='pristine', patch='patch'):
        target = self.world.folder / 'applied'
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.world.folder / pristine, target, symlinks=True)
        self.world.run('git', 'apply', '--whitespace=nowarn', str(self.world.folder / patch), where='applied')
        return listing(target)

    def test_the_patch_on_the_release_gives_the_copy(self):
        patch = self.diff('tree', 'vendor/demo')
        self.assertEqual(self.applied(), listing(self.copy))
        for part in (b'Local changes of libdemo 1.3 at vendor/demo', b'GIT binary patch', b'new mode 100755', b'old mode 100755',
                     b'rename from src/five.c', b'deleted file mode', b'new file mode 120000', b'\\ No newline at end of file',
                     b'Left out (2):\n  docs/manual.txt\n  docs/picture.png\n', b'  src/five.c => src/5.c'):
            self.assertTrue(part in patch, part)

    def test_without_what_was_left_out(self):
        patch = self.diff('--no-left-out', 'tree', 'vendor/demo')
        self.assertFalse(b'docs/manual' in patch)
        left = listing(self.world.folder / 'pristine')
        wanted = {**{name: left[name] for name in ('docs/manual.txt', 'docs/picture.png', 'docs/empty')}, **listing(self.copy)}
        self.assertEqual(self.applied(), wanted)

    def test_an_archive_and_a_directory_as_upstream(self):
        self.world.shell('git -C libdemo archive --prefix=libdemo-1.3/ v1.3 | gzip > libdemo-1.3.tar.gz')
        for upstream in ('libdemo-1.3.tar.gz', 'pristine', 'libdemo', 'libdemo@v1.3'):
            patch = self.diff('--upstream', upstream, 'tree', 'vendor/demo')
            self.assertEqual(self.applied(), listing(self.copy), upstream)
            self.assertTrue(upstream.encode() in patch, upstream)

    def test_a_copy_inside_an_archive(self):
        self.world.shell('tar -czf tree.tar.gz -C tree .')
        self.diff('tree.tar.gz', 'vendor/demo')
        self.assertEqual(self.applied(), listing(self.copy))

    def test_a_copy_whose_files_moved(self):
        self.world.shell('embed 1.3 moved/whole; mkdir -p moved/tree/lib; cp -r moved/whole/src moved/tree/lib/source; '
                         'cp moved/whole/include/demo.h moved/tree/lib/source; sed -i 2d moved/tree/lib/source/three.c; '
                         'rm -r moved/whole; code moved/tree/main.c main 50')
        found = [line for line in self.world.stowaway('scan', 'moved/tree').splitlines() if 'libdemo' in line]
        path = found[0].split()[0]
        patch = self.diff('moved/tree', path)
        self.assertEqual(self.applied(), listing(self.world.folder / 'moved/tree' / path))
        self.assertTrue(b'rename from src/three.c' in patch)

    def test_debians_source_package(self):
        self.world.shell('''
            embed 1.3 plain/vendor/demo; code plain/main.c main 50; sed -i 4d plain/vendor/demo/src/three.c; rm -r plain/vendor/demo/docs
            mkdir archive; git -C libdemo archive --prefix=libdemo-1.3/ v1.3 | gzip > archive/libdemo_1.3.orig.tar.gz
            tar -xzf archive/libdemo_1.3.orig.tar.gz; mkdir -p libdemo-1.3/debian/source; cd libdemo-1.3/debian
            echo '3.0 (quilt)' > source/format
            printf 'Source: libdemo\\nMaintainer: A <a@b>\\n\\nPackage: libdemo\\nArchitecture: all\\nDescription: x\\n' > control
            printf 'libdemo (1:1.3-1) unstable; urgency=low\\n\\n  * x\\n\\n -- A <a@b>  Sat, 02 Jan 2010 00:00:00 +0000\\n' > changelog
            cd ../../archive; dpkg-source -b ../libdemo-1.3 > /dev/null; dpkg-scansources . > Sources 2> /dev/null
            mkdir ../debian; printf 'Component: libdemo\\nPurl: pkg:generic/libdemo\\nRank: 1\\n\\nDebian: libdemo\\n' > ../debian/libdemo.catalog''')
        source = 'deb-src [trusted=yes] file:%s/archive ./' % self.world.folder
        self.world.stowaway('diff', '--catalog', 'debian', '--apt-source', source, '--cache', 'cache', '-o', 'patch', 'plain', 'vendor/demo')
        patch = (self.world.folder / 'patch').read_bytes()
        self.assertTrue(b"against Debian's source of libdemo 1:1.3-1" in patch)
        self.assertFalse(b'debian/' in patch)
        # A source package is streamed and tells neither modes nor links: they stay as they are.
        self.assertEqual(self.applied(), listing(self.world.folder / 'plain/vendor/demo'))

    def test_nothing_was_changed(self):
        self.world.shell('embed 1.3 same/vendor/demo; seq -f "void main_%g(char *);" 90 > same/main.c')
        patch = self.diff('same', 'vendor/demo')
        self.assertTrue(patch.endswith(b'\nNothing was changed.\n'), patch)
        patch = self.diff('--release', '1.1', 'same', 'vendor/demo')
        self.assertTrue(b'Changed (1):\n  src/two.c\n' in patch)
        self.world.shell('rm -rf older; embed 1.1 older')
        self.assertEqual(self.applied('older'), listing(self.world.folder / 'same/vendor/demo'))

    def test_the_clone_is_not_written_to(self):
        before = listing(self.world.folder / 'libdemo/.git')
        self.assertIn('HEAD', before)
        self.diff('tree', 'vendor/demo')
        self.assertEqual(before, listing(self.world.folder / 'libdemo/.git'))

    def test_wrong_use(self):
        self.diff('tree', 'elsewhere', status=2)
        self.diff('--release', '9', 'tree', 'vendor/demo', status=2)
        self.diff('--upstream', 'none', 'tree', 'vendor/demo', status=2)
        self.world.write('other/x.catalog', 'Component: x\nPurl: pkg:generic/x\nRank: 1\n\nGit: /none\nTags: ^v(.*)$\nVersion: id\n')
        self.world.stowaway('diff', '--offline', '--catalog', 'other', 'tree', 'vendor/demo', status=2)


if __name__ == '__main__':
    unittest.main()
