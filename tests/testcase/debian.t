  $ for tool in apt-get apt-cache dpkg-source dpkg-scansources; do command -v $tool > /dev/null || exit 80; done
  $ . "$TESTDIR/setup.sh"
  $ need_sandbox
  $ make_flawed_kb && make_case
  $ stowaway -q testcase verify --mirror . libdemo-DEMO-1 > /dev/null

A Debian source package with a flawed copy in upstream's archive, which a patch of Debian's mends.

  $ mkdir archive
  $ upload() {
  >   tree="app-$1" && rm -rf "$tree" && code "$tree/src/app.c" app 30 && embed 1.0 "$tree/vendor/demo"
  >   tar --mtime=2010-01-02T00:00:00Z -czf "archive/app_$1.orig.tar.gz" "$tree"
  >   mkdir -p "$tree/debian/source" "$tree/debian/patches" && echo '3.0 (quilt)' > "$tree/debian/source/format"
  >   cp -r "$tree/vendor" old && join_c fixed > "$tree/vendor/demo/src/join.c"
  >   diff -u --label a/vendor/demo/src/join.c --label b/vendor/demo/src/join.c old/demo/src/join.c "$tree/vendor/demo/src/join.c" \
  >     > "$tree/debian/patches/mend.diff"
  >   rm -r old && echo mend.diff > "$tree/debian/patches/series"
  >   printf 'Source: app\nMaintainer: A <a@b>\n\nPackage: app\nArchitecture: all\nDescription: x\n' > "$tree/debian/control"
  >   printf 'app (%s-1) unstable; urgency=low\n\n  * x\n\n -- A <a@b>  Sat, 02 Jan 2010 00:00:00 +0000\n' "$1" > "$tree/debian/changelog"
  >   (cd archive && dpkg-source -b "../$tree" > ../log 2>&1) || cat log
  >   (cd archive && dpkg-scansources . > Sources 2> ../log) || cat log
  > }
  $ archive="deb-src [trusted=yes] file:$PWD/archive ./"
  $ upload 1.0
  $ stowaway -q track debian:app --apt-source "$archive" --cache cache

Its name alone brings the source here again; what was fetched for it does not stay. That Debian patches it is said.

  $ stowaway testcase run debian:app --apt-source "$archive" --cache cache -o tests.txt
  stowaway: debian:app 1.0-1 from debian:app=1.0-1
  stowaway: debian:app is read before debian/patches; to test what is built, unpack it with `dpkg-source -x` and name the directory
  stowaway: testing libdemo at vendor/demo
  $ cat tests.txt
  debian:app
  PATH         COMPONENT  VERSION  CASE            VERDICT     EVIDENCE
  vendor/demo  libdemo    1.0      libdemo-DEMO-1  vulnerable  heap-buffer-overflow in demo_join (src/join.c:*) (glob)
  $ find cache -name '*.dsc' -o -name '*.orig.tar.gz'
  $ dpkg-source -x archive/app_1.0-1.dsc unpacked > log 2>&1
  $ stowaway -q testcase run unpacked | awk 'NR > 2 { print $1, $5 }'
  vendor/demo not-vulnerable

A version that is offered no more.

  $ rm archive/* && upload 1.1
  $ stowaway -q testcase run app --apt-source "$archive" --cache cache
  stowaway: app: app is not offered at 1.0-1; the newest is 1.1-1; name a directory or .dsc that holds 1.0-1, or an archive that has it with --apt-source
  [2]
