  $ for tool in apt-get apt-cache dpkg-source dpkg-scansources; do command -v $tool > /dev/null || exit 80; done
  $ . "$TESTDIR/../cli/setup.sh"
  $ unset STOWAWAY_LEDGER
  $ make_kb

# upload NAME VERSION [EMBEDDED]: a source package into the archive, perhaps with a copy of libdemo.
  $ mkdir archive
  $ upload() {
  >   tree="$1-$2" && rm -rf "$tree" && code "$tree/src/$1.c" "$1" 30
  >   [ -z "$3" ] || embed "$3" "$tree/vendor/demo"
  >   tar --mtime=2010-01-02T00:00:00Z -czf "archive/$1_$2.orig.tar.gz" "$tree"
  >   mkdir -p "$tree/debian/source" && echo '3.0 (quilt)' > "$tree/debian/source/format"
  >   printf 'Source: %s\nMaintainer: A <a@b>\n\nPackage: %s\nArchitecture: all\nDescription: x\n' "$1" "$1" \
  >     > "$tree/debian/control"
  >   printf '%s (%s-1) unstable; urgency=low\n\n  * x\n\n -- A <a@b>  Sat, 02 Jan 2010 00:00:00 +0000\n' "$1" "$2" \
  >     > "$tree/debian/changelog"
  >   (cd archive && dpkg-source -b "../$tree" > ../log 2>&1) || cat log
  > }
  $ index() { (cd archive && dpkg-scansources . > Sources 2> ../log) || cat log; }
  $ track() { stowaway track "$@" --apt-source "deb-src [trusted=yes] file:$PWD/archive ./" --cache cache 2>&1 | sed 's/; [0-9.]* s to [a-z]*//g; s/[0-9.]* s\b/T s/g'; }
  $ upload one 1.0 1.0
  $ upload two 2.0 1.1
  $ upload bare 1.0
  $ index

Fetched, verified, scanned, kept; the newest version that is offered, or the one that is named. Nothing is left behind.

  $ track debian:one debian:two=2.0-1 debian:bare | sort
  stowaway: 3 tracked, 0 were there, 0 failed; 2 copies; T s
  stowaway: debian:bare 1.0-1: 0 copies (added)
  stowaway: debian:one 1.0-1: 1 copy (added)
  stowaway: debian:two 2.0-1: 1 copy (added)
  $ find cache -name '*.dsc' -o -name '*.orig.tar.gz'
  $ stowaway who-embeds 'libdemo < 1.1'
  SUBJECT     VERSION  PATH         COPY         VERDICT    MODIFIED
  debian:one  1.0-1    vendor/demo  libdemo 1.0  identical  0%
  
  libdemo < 1.1: 1 subject

The same again fetches nothing; a new version appends. Debian's own name will do.

  $ upload one 1.1 1.2 && index
  $ track debian:one debian:two | sort
  stowaway: 1 tracked, 1 were there, 0 failed; 2 copies; T s
  stowaway: debian:one 1.1-1: 1 copy (added)
  stowaway: debian:two 2.0-1: 1 copy (was there)
  $ stowaway track history one
  debian:one  1.0-1 -> 1.1-1
    CHANGE    COMPONENT  PATH         VERSION
    upgraded  libdemo    vendor/demo  1.0 -> 1.2

What fails is kept with its reason, and the rest goes on: no such package, no such version, a file that is not what the index lists.

  $ upload broken 1.0 1.0 && index && echo more >> archive/broken_1.0.orig.tar.gz
  $ printf 'debian:nothing\ndebian:one=9-9\ndebian:broken\ndebian:bare\n' > list
  $ track --from list | cut -d: -f 1-4 | cut -c 1-60 | sort
  stowaway: 0 tracked, 1 were there, 3 failed; 0 copies; T s
  stowaway: debian:bare 1.0-1: 0 copies (was there)
  stowaway: debian:broken 1.0-1: FAILED to fetch
  stowaway: debian:nothing: FAILED to resolve
  stowaway: debian:one 9-9: FAILED to resolve
  $ stowaway track failures | awk '{ print $1, $2, $3 }'
  SUBJECT VERSION STAGE
  debian:broken 1.0-1 fetch
  debian:nothing - resolve
  debian:one 9-9 resolve

When it can be had at last, the failure is forgotten.

  $ upload broken 1.0 1.0 && index
  $ track debian:broken | grep -c added
  1
  $ stowaway track failures | grep -c broken
  0
  [1]

No source at all.

  $ stowaway track debian:one --apt-source "deb-src file:$PWD/none ./" --cache cache --again > /dev/null 2>&1
  [3]
  $ stowaway track debian:-o
  stowaway: "-o" is no name of a Debian source package
  [2]

What people claimed, and what was found.

  $ printf 'About this list\n---BEGIN\nlibdemo (here)\n\t- one <unfixed> (embed; bug #1)\n\t- bare <unfixed> (embed)\n\t- two 1.0-1 (embed)\n\t- other <unfixed>\n\tnothing\n' > claims
  $ stowaway track import-claims claims
  stowaway: claims: line 8: no claim: nothing
  stowaway: claims: 4 claims, 1 lines that are none
  [3]
  $ stowaway track compare
  CLAIMED  IN           VERSION  STATUS   OUTCOME      FOUND
  libdemo  debian:one   1.1-1    unfixed  confirmed    vendor/demo libdemo 1.2
  libdemo  debian:bare  1.0-1    unfixed  not found
  libdemo  debian:two   2.0-1    1.0-1    still there  vendor/demo libdemo 1.1
  
       1  confirmed
       1  not found
       1  not tracked
       1  still there
  $ stowaway track export-claims
  ---BEGIN
  libdemo
  \t- broken <unfixed> (embed) (esc)
  \tNOTE: 1.0 in vendor/demo (esc)
  \t- one <unfixed> (embed) (esc)
  \tNOTE: 1.2 in vendor/demo (esc)
  \t- two <unfixed> (embed) (esc)
  \tNOTE: 1.1 in vendor/demo (esc)
  $ stowaway track export-claims --imported | tail -n +3 | head -n 2
  \t- one <unfixed> (embed; bug #1) (esc)
  \t- bare <unfixed> (embed) (esc)
