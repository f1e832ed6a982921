  $ . "$TESTDIR/setup.sh"
  $ make_kb
  $ mkdir tree && code tree/main.c main 50
  $ embed 1.1 tree/vendor/demo
  $ rm tree/vendor/demo/src/one.c && code tree/vendor/demo/src/extra.c extra 12

The same copy that scan reports, with its files and the releases that lost.

  $ stowaway explain tree vendor/demo > why
  $ grep -c libdemo why > /dev/null
  $ grep -oE '(src/one|src/two|src/extra|include/demo)\.[ch]' why | sort -u
  include/demo.h
  src/extra.c
  src/one.c
  src/two.c
  $ stowaway explain tree ./vendor/demo/ | cmp - why
  $ stowaway explain --json tree vendor/demo | python3 -c 'import json, sys; json.load(sys.stdin)'

A place where nothing was found.

  $ stowaway explain tree vendor
  stowaway: no copy was found at "vendor"
  Copies were found at:
    vendor/demo  libdemo
  [2]
  $ stowaway explain tree vendor/demo --component zlib 2> /dev/null
  [2]
  $ stowaway explain none vendor
  stowaway: none: * (glob)
  [2]
  $ stowaway explain tree
  stowaway: PATH is required
  Try `stowaway explain --help`.
  [2]
