#!/bin/sh
# Usage: tests/packaging/chroot.sh DIRECTORY ZLIB
# Installs the packages of `make deb` (in DIRECTORY) into a fresh Debian 12 and uses them there as a user without rights, who
# scans a tree that embeds a copy of zlib (ZLIB).
# Needs root and the network, and takes a few minutes: `make check-deb`, not a part of `make check`.
set -eu
[ $# -eq 2 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
debs=$(cd "$1" && pwd)
[ "$(id -u)" -eq 0 ] || { echo "chroot.sh: debootstrap needs root" >&2; exit 1; }
root=$(mktemp -d "$debs/chroot.XXXXXX")
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"  # the root directory of the user without rights
say() { echo "chroot.sh: $*" >&2; }

mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
  awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { say "apt is configured with no mirror of bookworm"; exit 1; }
say "a fresh Debian 12"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$debs/debootstrap.log" 2>&1 ||
  { tail "$debs/debootstrap.log" >&2; exit 1; }

say "installing"
mkdir "$root/packages" && cp "$debs"/*.deb "$root/packages"
# The machine's own way to the mirror.
apt-config dump Acquire >"$root/etc/apt/apt.conf.d/acquire" || true
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
inside apt-get update >"$debs/install.log" 2>&1
inside sh -c 'apt-get install --yes --no-install-recommends /packages/*.deb' >>"$debs/install.log" 2>&1 ||
  { tail "$debs/install.log" >&2; exit 1; }

say "scanning as a user without rights"
inside useradd --create-home tester
user() { inside setpriv --reuid=tester --regid=tester --clear-groups env HOME=/home/tester "$@"; }
mkdir -p "$root/home/tester/tree/vendor"
cp -r "$2" "$root/home/tester/tree/vendor/copy" && chmod -R a+rX "$root/home/tester"
user sh -euc '
  cd /home/tester
  test "$(id -u)" -ne 0 && ! touch /usr/share/stowaway/x 2>/dev/null
  stowaway --version
  stowaway scan tree | tee report
  grep -q "vendor/copy .*zlib" report
  stowaway scan --format cyclonedx tree | grep -q "\"CycloneDX\""
  stowaway scan --installed | tail -n 1
  stowaway testcase list | head -n 3
  test -n "$(stowaway control tree)"
'
say "the add-on"
inside perl -MDebian::Debhelper::Sequence::stowaway -e 1 2>/dev/null ||
  inside test -f /usr/share/perl5/Debian/Debhelper/Sequence/stowaway.pm
for page in /usr/share/man/man1/stowaway-scan.1.gz /usr/share/man/man1/dh_stowaway.1.gz; do inside test -s "$page"; done
say "removing"
inside apt-get purge --yes stowaway stowaway-kb-starter dh-stowaway >>"$debs/install.log" 2>&1
inside sh -c '! command -v stowaway && ! test -e /usr/share/stowaway'
say "passed"
