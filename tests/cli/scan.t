  $ . "$TESTDIR/setup.sh"
  $ make_kb
  $ mkdir tree && code tree/main.c main 50
  $ embed 1.1 tree/vendor/demo

The table.

  $ stowaway scan tree > table
  $ grep -A1 PATH table | tr -s ' '
  PATH COMPONENT VERSION COVERS VERDICT LICENCE
  vendor/demo libdemo 1.1 100% identical MIT
  $ head -n 1 table
  tree (directory)
  $ tail -n 1 table
  4 files, 9.6 kB, 1 copy of 1 component.

No colour where there is no terminal, unless it is asked for.

  $ stowaway scan tree | grep -c "$(printf '\033')"
  0
  [1]
  $ NO_COLOR=1 stowaway scan --color=always tree | grep -q "$(printf '\033')"
  $ stowaway scan --color=never tree | grep -c "$(printf '\033')"
  0
  [1]

As JSON: everywhere the same, whatever the number of threads.

  $ stowaway scan --json tree | copies
  vendor/demo libdemo 1.1 identical
  $ export SOURCE_DATE_EPOCH=0
  $ stowaway scan --format json -j 1 -o one.json tree
  $ stowaway scan --format json -j 7 --output json=seven.json tree
  $ cmp one.json seven.json

A list of md5sums alone gives the same copies and versions; so does an archive, and a git revision.

  $ (cd tree && find . -type f -exec md5sum {} +) | stowaway scan --json - | copies
  vendor/demo libdemo 1.1 identical
  $ tar -czf tree.tar.gz -C tree .
  $ stowaway scan --json tree.tar.gz | copies
  vendor/demo libdemo 1.1 identical
  $ git init -q repo && cp -r tree/. repo && git -C repo add -A && git -C repo commit -q -m x
  $ stowaway scan --json repo@HEAD | copies
  vendor/demo libdemo 1.1 identical

A subject that is a known release itself is no finding.

  $ stowaway scan --json libdemo@v1.0 | copies

Two copies of one component are told apart.

  $ embed 1.0 tree/old
  $ stowaway scan --json tree | copies
  old libdemo 1.0 identical
  vendor/demo libdemo 1.1 identical
  $ rm -r tree/old

Exit codes: 1 for --fail-on, 2 for a subject that is not there, 4 for nothing to scan.

  $ stowaway scan --fail-on copy tree > /dev/null
  [1]
  $ stowaway scan --fail-on modified tree > /dev/null
  $ stowaway scan none
  stowaway: none: * (glob)
  [2]
  $ mkdir empty
  $ stowaway --quiet scan empty > /dev/null
  stowaway: nothing to scan: no file was found
  [4]
  $ stowaway scan - < /dev/null > /dev/null 2>&1
  [4]

3: something was not looked at. The result says so, and still has the rest.

  $ mkfifo tree/fifo
  $ stowaway scan --json tree > partial.json
  [3]
  $ copies < partial.json
  vendor/demo libdemo 1.1 identical
  $ grep -E 'partial|"reason"' partial.json
    "partial": true,
        "reason": "special_file"* (glob)
  $ stowaway scan --fail-on copy tree > /dev/null
  [1]
  $ rm tree/fifo
  $ head -c 300 tree.tar.gz > cut.tar.gz
  $ stowaway scan cut.tar.gz > /dev/null
  [3]

A second scan reads only what changed since, and says the same; --no-cache keeps nothing. The cache is its owner's alone.

  $ export XDG_CACHE_HOME="$PWD/cache" SOURCE_DATE_EPOCH=1
  $ find tree -exec touch -h -d 2020-01-01 {} + && sleep 2.1
  $ stowaway scan --no-cache --json tree > expected.json && ls -d cache
  ls: cannot access 'cache': No such file or directory
  [2]
  $ stowaway scan --json tree | cmp - expected.json
  $ stowaway scan --json tree | cmp - expected.json
  $ stat -c %a cache/stowaway/scans; ls cache/stowaway/scans | sed -E 's/[0-9a-f]{32}/TREE/'
  700
  TREE.scan
  $ code tree/vendor/demo/src/two.c two 45
  $ stowaway scan --no-cache --json tree > expected.json
  $ stowaway scan --json tree | cmp - expected.json
  $ for i in 1 2 3; do stowaway scan --json tree > "same$i.json" & done; wait
  $ for i in 1 2 3; do cmp "same$i.json" expected.json; done
  $ printf 'nonsense' > cache/stowaway/scans/*.scan
  $ stowaway scan --json tree | cmp - expected.json
  $ code tree/vendor/demo/src/two.c two 35
  $ unset XDG_CACHE_HOME SOURCE_DATE_EPOCH

Links that go in circles, names that are no text, and names that try to fool the terminal.

  $ ln -s . tree/loop && ln -s /etc tree/etc
  $ stowaway scan --json tree | copies
  vendor/demo libdemo 1.1 identical
  $ evil=$(printf 'x\033[31m\nfake  zlib\377')
  $ mv tree/vendor "tree/$evil"
  $ stowaway scan tree | grep -o '^x.*/demo'
  x\x1b[31m\nfake  zlib\xff/demo
  $ stowaway scan --json tree | copies > /dev/null

A result that cannot be written is an error; a reader that goes away is not worth a word.

  $ stowaway scan tree > /dev/full
  stowaway: cannot write the result: No space left on device
  [6]
  $ stowaway scan -o none/report.json tree
  stowaway: cannot write beside none/report.json: No such file or directory
  [6]
  $ stowaway scan tree | true
