Where no sandbox can be made, nothing is run: needs no sandbox to be tested.

  $ . "$TESTDIR/setup.sh"
  $ make_flawed_kb && make_case
  $ mkdir tree && embed 1.0 tree/vendor/demo
  $ stowaway testcase run --bwrap no-such-bwrap tree
  stowaway: no sandbox, so nothing is run: * (glob)
  [6]
  $ printf '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n' > fake && chmod 755 fake .
  $ stowaway testcase verify --bwrap "$PWD/fake" --upstream libdemo
  stowaway: no sandbox, so nothing is run: * (glob)
  [6]
  $ stowaway testcase sweep --bwrap /bin/false --upstream libdemo 2>&1 | head -c 55
  stowaway: no sandbox, so nothing is run: bubblewrap cou (no-eol)

Wrong use.

  $ stowaway testcase 2>&1 | head -n 2
  Show what a known flaw does in embedded copies
  Usage: stowaway testcase [OPTIONS] COMMAND ...
  $ stowaway testcase run --case none tree
  stowaway: * (glob)
  [2]
  $ stowaway testcase list --testcases nowhere
  stowaway: cannot list the test cases in nowhere: No such file or directory
  [2]
