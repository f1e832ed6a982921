  $ for tool in apt-get apt-cache dpkg-source dpkg-scansources gpg gpgv; do command -v $tool > /dev/null || exit 80; done
  $ . "$TESTDIR/setup.sh"

# upload UPSTREAM REVISION LINES: a source package into the archive; the tarball of a version is made once.
  $ mkdir archive
  $ upload() {
  >   tree="demo-$1" && rm -rf "$tree" && code "$tree/src/demo.c" demo "$3" && code "$tree/debian/upstream.c" up 20
  >   test -e "archive/demo_$1.orig.tar.gz" ||
  >     tar --mtime=2010-01-02T00:00:00Z -czf "archive/demo_$1.orig.tar.gz" "$tree"
  >   mkdir -p "$tree/debian/source" && echo '3.0 (quilt)' > "$tree/debian/source/format"
  >   printf 'Source: demo\nMaintainer: A <a@b>\n\nPackage: demo\nArchitecture: all\nDescription: x\n' > "$tree/debian/control"
  >   printf 'demo (1:%s-%s) unstable; urgency=low\n\n  * x\n\n -- A <a@b>  Sat, 02 Jan 2010 00:00:00 +0000\n' "$1" "$2" \
  >     > "$tree/debian/changelog"
  >   (cd archive && dpkg-source -b "../$tree" > ../log 2>&1) || cat log
  > }
  $ index() { (cd archive && dpkg-scansources . > Sources 2> ../log) || cat log; }
  $ mine() { stowaway kb mine debian:demo --apt-source "deb-src [trusted=yes] file:$PWD/archive ./" --cache cache "$@"; }
  $ upload 1.0.dfsg 1 30
  $ upload 1.0.dfsg 2 30
  $ upload 1.1 1 35
  $ index

Every version that the archive offers, as upstream published it; two revisions of one tarball are one release.

  $ mine -o packs
  stowaway: demo: 2 releases, 2 files (* MB) read (glob)
  $ "$TESTDIR/../../tools/read-pack" packs/demo.pack | sed -n '/^purl/p;/^source  /p;/^VERSION/,$p' | cut -f1-3,6
  purl          pkg:deb/debian/demo
  source        debian demo
  VERSION\tDATE\tFILES (esc)
  1.0\t2010-01-02\t1\tunsigned (esc)
  1.1\t2010-01-02\t1\tunsigned (esc)
  $ "$TESTDIR/../../tools/read-pack" --json packs/demo.pack | grep -o '"path": "[^"]*"'
  "path": "src/demo.c"
  $ mine -o packs
  stowaway: demo: nothing new
  $ mine --offline -o packs
  stowaway: demo: nothing new

The state of the signature is recorded.

  $ mkdir -m 700 home/.gnupg
  $ gpg --batch --quiet --passphrase '' --quick-gen-key 'A <a@b>' ed25519 sign never 2> /dev/null
  $ gpg --export > key.gpg
  $ sign() { gpg --batch --quiet --clearsign --output "$1.asc" "$1" && mv "$1.asc" "$1"; }
  $ upload 1.2 1 40 && sign archive/demo_1.2-1.dsc
  $ upload 1.3 1 45 && sign archive/demo_1.3-1.dsc && sed -i 's/^Maintainer: A/Maintainer: B/' archive/demo_1.3-1.dsc
  $ gpgconf --kill all
  $ index
  $ mine --keyring key.gpg -o packs
  stowaway: demo: demo 1:1.3-1: the signature of its .dsc is bad
  stowaway: demo: 1 releases, 1 files (* MB) read (glob)
  [3]
  $ : > none.gpg && mine --keyring none.gpg -o other 2> /dev/null
  $ for pack in packs other; do "$TESTDIR/../../tools/read-pack" $pack/demo.pack | grep ^1.2 | cut -f6; done
  good
  unknown-key

A file that is not what the index lists is not taken.

  $ upload 1.4 1 50 && index && echo more >> archive/demo_1.4.orig.tar.gz
  $ mine --keyring key.gpg -o packs > err 2>&1
  [3]
  $ grep -c 'demo 1:1.4-1' err
  1
  $ "$TESTDIR/../../tools/read-pack" packs/demo.pack | grep -c '^1[.]4'
  0
  [1]

What is not there, and what is no name.

  $ stowaway kb mine debian:nothing --apt-source "deb-src [trusted=yes] file:$PWD/archive ./" --cache cache -o packs
  stowaway: nothing: nothing: debian:nothing: no suite offers this source package
  [2]
  $ stowaway kb mine debian:-o
  stowaway: "-o" is no name of a Debian source package
  [2]
  $ stowaway kb mine debian:demo --apt-source "deb-src file:$PWD/none ./" --cache cache -o none > err 2>&1
  [6]
  $ ls none
