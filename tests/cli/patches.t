  $ . "$TESTDIR/setup.sh"
  $ export STOWAWAY_FORMS="$PWD/home/.local/share/stowaway/forms"

A made-up library whose fix checks a length, in git and as a patch.

  $ reader() {
  >   printf '#include "reader.h"\n/* Copies a record. */\nint read_record(struct reader *in, char *out, unsigned room)\n{\n'
  >   printf '  unsigned length = next_byte(in);\n'
  >   printf "$1"
  >   printf '  copy_bytes(out, in, length);\n  return (int)length;\n}\n\nint other(void)\n{\n  return 1;\n}\n'
  > }
  $ git init -q -b main reader && mkdir reader/src
  $ reader '' > reader/src/reader.c
  $ git -C reader add -A && git -C reader commit -qm one && git -C reader tag v1
  $ reader '  if (length > room)\n    return -1;\n' > reader/src/reader.c
  $ git -C reader commit -qam fix && git -C reader tag v2
  $ git -C reader diff v1 v2 > fix.diff
  $ mkdir old new && git -C reader archive v1 | tar -x -C old && git -C reader archive v2 | tar -x -C new

Learnt from two revisions, it tells one state from the other, wherever the function lies and however it is laid out.

  $ stowaway advisory learn CVE-2024-1 --repo reader --between v1 v2
  stowaway: CVE-2024-1: 1 function: read_record in reader.c
  $ ls home/.local/share/stowaway/forms
  CVE-2024-1.json
  $ stowaway advisory judge old
  CVE-2024-1  vulnerable form  read_record() in src/reader.c is as before the fix
  $ stowaway advisory judge new CVE-2024-1
  CVE-2024-1  fixed form       read_record() in src/reader.c is as after the fix
  $ mkdir -p app/vendor && tr '\n' ' ' < old/src/reader.c | sed 's/#include "reader.h"//; s/read_record/z_read_record/' > app/vendor/all.c
  $ stowaway advisory judge app
  CVE-2024-1  vulnerable form  z_read_record() in vendor/all.c is as before the fix

Nobody's lines are kept.

  $ grep -c 'length' home/.local/share/stowaway/forms/CVE-2024-1.json
  0
  [1]

A form that nobody has seen is judged by the changed lines in it; --verbose says how.

  $ mkdir changed && sed 's/copy_bytes(out/copy_some(out/' new/src/reader.c > changed/reader.c
  $ stowaway advisory judge --verbose changed
  CVE-2024-1  fixed form       read_record() in reader.c is as after the fix, by its changed lines
      fixed form       function read_record in reader.c (0 of 1 old, 2 of 2 new statements)
  $ echo 'int read_record(void) { return 2; }' > changed/reader.c
  $ stowaway advisory judge --verbose changed
  CVE-2024-1  unknown form     read_record() in reader.c is of an unknown form
      unknown form     function read_record in reader.c (0 of 1 old, 0 of 2 new statements)
  $ rm changed/reader.c; stowaway advisory judge changed CVE-2024-1
  CVE-2024-1  absent           nothing that the fix changes is there
  $ stowaway advisory judge changed
  1 absent: nothing that these fixes change is there

A later state of the function counts as fixed.

  $ echo 'int read_record(void) { return 2; }' > changed/reader.c
  $ stowaway --quiet advisory learn CVE-2024-1 --between old new --fixed changed
  $ stowaway advisory judge changed
  CVE-2024-1  fixed form       read_record() in reader.c is as after the fix

From a patch: with its source, patched or not, the same forms; without it, the changed lines alone.

  $ stowaway --quiet advisory learn CVE-2024-1 --patch fix.diff --tree old --forms one
  $ stowaway --quiet advisory learn CVE-2024-1 --patch fix.diff --tree new --forms two
  $ cmp one/CVE-2024-1.json two/CVE-2024-1.json
  $ stowaway advisory learn CVE-2024-1 --patch fix.diff --forms lines
  stowaway: CVE-2024-1: 0 functions; 1 hunk, by lines
  $ for state in old new; do stowaway advisory judge --forms lines $state; done
  CVE-2024-1  vulnerable form  src/reader.c is as before the fix, by its changed lines
  CVE-2024-1  fixed form       src/reader.c is as after the fix, by its changed lines

From a Debian source package: every patch that names a CVE.

  $ cp -r old package && mkdir -p package/debian/patches && cp fix.diff package/debian/patches/CVE-2024-7777.patch
  $ echo CVE-2024-7777.patch > package/debian/patches/series
  $ stowaway advisory learn --debian package --forms debian
  stowaway: CVE-2024-7777: 1 function: read_record in reader.c
  $ ls debian
  CVE-2024-7777.json

What audit takes.

  $ stowaway advisory judge --json --component reader --path src --forms one new | python3 -c 'import json, sys
  > for copy in json.load(sys.stdin)["copies"]: print(copy["path"], copy["component"], copy["advisory"], copy["form"])'
  src reader CVE-2024-1 fixed form

An audit looks for itself. The version of the copy says "affected"; its code knows better, and the other one's does not.

  $ make_kb
  $ mkdir tree && code tree/main.c main 50
  $ embed 1.1 tree/bare && embed 1.1 tree/patched
  $ sed -i '5s/.*/int one_step_5(int value) { if (value > 99) return 0; return value * 7; }/' tree/patched/src/one.c
  $ diff -u tree/bare/src/one.c tree/patched/src/one.c | sed 's/\ttree.*//; s,tree/[a-z]*,a,' > one.diff
  $ cat > osv.json <<EOF
  > {"id": "CVE-2024-9999", "affected": [{"package": {"ecosystem": "Upstream", "name": "libdemo"},
  >   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.2"}]}]}]}
  > EOF
  $ stowaway advisory learn CVE-2024-9999 --patch one.diff --tree tree/bare --forms fixes
  stowaway: CVE-2024-9999: 1 function: one_step_5 in one.c
  $ stowaway audit -a --advisories osv.json --forms fixes tree
  bare  libdemo 1.1
    ADVISORY       SEVERITY  STATUS        FIXED IN  WHY
    CVE-2024-9999  -         affected      1.2       vulnerable form
        patch presence: vulnerable form, one_step_5() in bare/src/one.c is as before the fix
  
  patched  libdemo 1.1
    ADVISORY       SEVERITY  STATUS        FIXED IN  WHY
    CVE-2024-9999  -         not affected  1.2       fixed form
        patch presence: fixed form, one_step_5() in patched/src/one.c is as after the fix
  
  2 copies: 1 affected, 0 unknown; nothing known against 1 of them
  $ stowaway audit --advisories osv.json --forms fixes --format openvex --product pkg:deb/debian/app@1 tree | grep -E '"(status|justification)"'
        "status": "affected",
        "status": "fixed",
  $ stowaway scan --json -o scan.json tree; stowaway audit --advisories osv.json --forms fixes scan.json | tail -1
  2 copies: 2 affected, 0 unknown

Wrong use.

  $ stowaway advisory learn CVE-2024-1
  stowaway: say where the fix is: --patch FILE, --between BEFORE AFTER, or --debian TREE
  [2]
  $ stowaway advisory learn --patch fix.diff
  stowaway: name the advisory that is fixed
  [2]
  $ stowaway advisory learn CVE-2024-1 --debian package --patch fix.diff
  stowaway: --debian goes without --patch and --between
  [2]
  $ stowaway advisory learn ../x --patch fix.diff
  stowaway: ../x: 0 functions; 1 hunk, by lines
  stowaway: "../x" is no name for an advisory
  [2]
  $ stowaway advisory learn CVE-2024-1 --patch old/src/reader.c
  stowaway: old/src/reader.c: no unified diff in it
  [6]
  $ stowaway advisory judge old CVE-1999-1
  stowaway: no forms of such advisories; `stowaway advisory learn` makes them
  [6]
  $ stowaway advisory judge --forms none old
  stowaway: none: no directory of forms
  [2]
