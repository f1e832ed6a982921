  $ . "$TESTDIR/setup.sh"
  $ need_sandbox
  $ make_flawed_kb && make_case

What there is.

  $ stowaway testcase list
  CASE            COMPONENT  AFFECTED  VARIANTS  TITLE
  libdemo-DEMO-1  libdemo    < 1.1     1         demo_join writes past its room
  $ stowaway testcase list --advisory demo-1 -f json | python3 -c 'import json, sys; print(json.load(sys.stdin)["cases"][0]["case"])'
  libdemo-DEMO-1
  $ stowaway testcase list --advisory DEMO-2
  stowaway: no test case in * is for DEMO-2 (glob)
  [2]

Without a positive control a case is not asked.

  $ mkdir tree && embed 1.0 tree/vendor/demo && code tree/main.c main 50
  $ stowaway -q testcase run tree
  tree
  PATH         COMPONENT  VERSION  CASE            VERDICT  EVIDENCE
  vendor/demo  libdemo    1.0      libdemo-DEMO-1  error    not run: no positive control with *; see stowaway testcase verify libdemo-DEMO-1 (glob)
  [3]

The control: the case tells the two releases apart, taken from the clone that it names.

  $ stowaway testcase verify --mirror . libdemo-DEMO-1
  libdemo-DEMO-1: verified with * (glob)
    vulnerable 1.0: vulnerable: heap-buffer-overflow in demo_join (src/join.c:*) (glob)
    fixed      1.1: not-vulnerable: a long name is refused
  $ ls home/.local/state/stowaway
  testcase-controls.json

Now it decides, whatever the versions say: patched in place is not vulnerable.

  $ stowaway -q testcase run --fail-on vulnerable tree
  tree
  PATH         COMPONENT  VERSION  CASE            VERDICT     EVIDENCE
  vendor/demo  libdemo    1.0      libdemo-DEMO-1  vulnerable  heap-buffer-overflow in demo_join (src/join.c:*) (glob)
  [1]
  $ join_c fixed | sed 's/  / /' > tree/vendor/demo/src/join.c
  $ stowaway -q testcase run --advisory DEMO-1 --at vendor/demo -f json tree | python3 -c 'import json, sys
  > for one in json.load(sys.stdin)["outcomes"]: print(one["path"], one["verdict"], one["evidence"])'
  vendor/demo not-vulnerable a long name is refused
  $ stowaway -q testcase run -f json -o run.json tree
  $ /usr/bin/python3 "$TESTDIR/../validators/validate.py" testcase-run run.json
  run.json: valid
  $ stowaway -q testcase run --at elsewhere tree
  tree
  PATH  COMPONENT  VERSION  CASE  VERDICT  EVIDENCE
  stowaway: nothing to test: no case is for a component that was found
  [4]

A tracked name stands for where it was read from.

  $ export XDG_DATA_HOME="$PWD/data"
  $ stowaway -q track add app --version 1 tree
  $ stowaway testcase run --at vendor/demo app
  stowaway: app 1 from tree
  stowaway: testing libdemo at vendor/demo
  app
  PATH         COMPONENT  VERSION  CASE            VERDICT         EVIDENCE
  vendor/demo  libdemo    1.1      libdemo-DEMO-1  not-vulnerable  a long name is refused
  $ mv tree moved
  $ stowaway -q testcase run app
  stowaway: app: app 1 was read from tree, which is not there any more (seen from here: try it where it was tracked); name a directory that holds it, or track it again from where it lies now
  [2]
  $ stowaway -q testcase run ap
  stowaway: ap: not a file either: no subject is called "ap"; did you mean "app"?
  [2]
  $ mv moved tree

What it showed of a tracked name goes to the ledger by an audit, which needs the source no more.

  $ mkdir osv && cat > osv/demo.json <<EOF
  > {"id": "DEMO-1", "modified": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "Upstream", "name": "libdemo"},
  >  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}]}]}
  > EOF
  $ stowaway advisory import --quiet osv -o advisories.db && export STOWAWAY_ADVISORIES="$PWD/advisories.db"
  $ stowaway -q audit app | grep DEMO-1
    DEMO-1    -         affected  1.2       in range
  $ stowaway -q testcase run -f json -o app.json app
  $ stowaway -q audit --evidence app.json --note app | grep -A 1 DEMO-1
    DEMO-1    -         not affected  1.2       test case does not show it
        test case: not-vulnerable, libdemo-DEMO-1: a long name is refused
  
  $ stowaway -q audit app | grep -A 1 DEMO-1
    DEMO-1    -         not affected  1.2       test case does not show it
        test case: not-vulnerable, libdemo-DEMO-1: a long name is refused
  

A copy that cannot be built is not safe, and says what is missing.

  $ echo '#include "gone.h"' >> tree/vendor/demo/src/join.c
  $ stowaway -q testcase run tree
  tree
  PATH         COMPONENT  VERSION    CASE            VERDICT        EVIDENCE
  vendor/demo  libdemo    0.9 \xe2\x80\xa6 1.1  libdemo-DEMO-1  needs-variant  files of the copy do not compile (esc)
  
  libdemo-DEMO-1 at vendor/demo: no variant could be built, which says nothing about safety
    /in/tree/vendor/demo/src/join.c:*: fatal error: gone.h: No such file or directory (glob)
  # libdemo-DEMO-1/case.yaml: one more entry of `variants:`. What the compiler said:
  #   /in/tree/vendor/demo/src/join.c:*: fatal error: gone.h: No such file or directory (glob)
    - name: my-variant
      program: my-variant.c   # start from long-name.c
      versions: [{introduced: "0.9", last_affected: "1.1"}]
      build:   # only what differs from the case's own
        sources: [join.c]
        headers: [join.h]
        entries: [demo_join]
        flags: []
  [3]

Every release that can be had; the claim has no lower bound, what was observed has one.

  $ stowaway -q testcase sweep --upstream libdemo --record
  libdemo-DEMO-1: 3 releases of libdemo
    vulnerable        1  1.0
    not-vulnerable    1  1.1
    not-applicable    1  0.9
    claimed              < 1.1
  $ stowaway -q testcase sweep --upstream libdemo -f json -o sweep.json
  $ /usr/bin/python3 "$TESTDIR/../validators/validate.py" testcase-sweep sweep.json cases/libdemo-DEMO-1/observed.json
  sweep.json: valid
  cases/libdemo-DEMO-1/observed.json: valid
  $ python3 -c 'import json; o = json.load(open("cases/libdemo-DEMO-1/observed.json")); print(o["claimed"], "|", o["observed"])'
  < 1.1 | 1.0

A case that does not tell them apart is refused, and leaves no record.

  $ sed -i 's/demo_join(out, 8, "more than"/demo_join(out, 8, ""/; s/" eight bytes"/"c"/; s/if (demo_join(out, 8, "", "c"))/if (!out)/' cases/libdemo-DEMO-1/long-name.c
  $ stowaway testcase verify --release 1.0=tree/vendor/none --release 1.1=libdemo@v1.1 libdemo-DEMO-1
  libdemo-DEMO-1: REFUSED, does not tell them apart with * (glob)
    vulnerable 1.0: error: tree/vendor/none: no such file or directory
    fixed      1.1: not-vulnerable: a long name is refused
  [6]
  $ stowaway testcase verify --release 1.0=libdemo@v1.0 --release 1.1=libdemo@v1.1 libdemo-DEMO-1
  libdemo-DEMO-1: REFUSED, does not tell them apart with * (glob)
    vulnerable 1.0: not-vulnerable: a long name is refused
    fixed      1.1: not-vulnerable: a long name is refused
  [6]
  $ stowaway -q testcase run tree | grep -c 'not run: no positive control'
  1
