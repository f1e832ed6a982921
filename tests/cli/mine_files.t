  $ . "$TESTDIR/setup.sh"

Archives and directories are releases; version and name come from their names, the date from the newest file.

  $ code demo-1.0/src/one.c one 40
  $ code demo-1.0/include/demo.h demo 20
  $ echo text > demo-1.0/README
  $ touch -d 2003-04-05T12:00:00Z demo-1.0/src/one.c demo-1.0/include/demo.h demo-1.0/README
  $ tar czf demo-1.0.tar.gz demo-1.0
  $ cp -r demo-1.0 demo-1.1 && code demo-1.1/src/two.c two 30
  $ touch -d 2004-04-05T12:00:00Z demo-1.1/src/*.c demo-1.1/include/*
  $ stowaway kb mine demo-1.0.tar.gz demo-1.1 -o packs
  stowaway: demo: 2 releases, 5 files (* MB) read (glob)
  $ stowaway kb mine demo-1.0.tar.gz demo-1.1 -o packs
  stowaway: demo: nothing new
  $ "$TESTDIR/../../tools/read-pack" packs/demo.pack | sed -n '/^component/,/^source  /p;/^VERSION/,$p' | cut -f1-3
  component     demo
  purl          pkg:generic/demo
  licence       
  source        archive demo-1.0.tar.gz 1.0
  VERSION\tDATE\tFILES (esc)
  1.0\t2003-04-05\t2 (esc)
  1.1\t2004-04-05\t3 (esc)

What the names do not say is said by options; what they cannot say is asked for.

  $ cp demo-1.0.tar.gz some.tgz
  $ stowaway kb mine some.tgz -o packs
  stowaway: some.tgz: its name states no version: say it with --release
  [2]
  $ stowaway kb mine some.tgz --component demo --release 0.9 --date 2002-02-02 --licence MIT -o packs
  stowaway: demo: 1 releases, 2 files (* MB) read (glob)
  $ "$TESTDIR/../../tools/read-pack" packs/demo.pack | grep -E '^(licence|0.9)' | cut -f1,2
  licence       MIT
  0.9\t2002-02-02 (esc)
  $ stowaway kb mine some.tgz --release 1 --date yesterday
  stowaway: --date: yesterday is not YYYY-MM-DD
  Try `stowaway kb mine --help`.
  [2]
  $ stowaway kb mine -o packs
  stowaway: say what to mine: debian:NAME, npm:NAME, git:URL, archives or directories, or else --catalog
  [2]
  $ stowaway kb mine nowhere-1.0 -o packs
  stowaway: nowhere-1.0: no such file or directory, and none of debian:NAME, npm:NAME and git:URL
  [2]

An archive that is cut short is left out, whole.

  $ head -c 300 demo-1.0.tar.gz > demo-0.8.tar.gz
  $ stowaway kb mine demo-0.8.tar.gz demo-1.0.tar.gz -o packs 2> err
  [3]
  $ sed 's/: *cut short.*/: cut short/' err
  stowaway: demo: demo-0.8.tar.gz: * (glob)
  $ stowaway kb mine demo-0.8.tar.gz -o other > err 2>&1
  [6]
  $ ls other

A repository by its address is cloned, bare, into the cache, with branches and tags only; by its path it is read in place.

  $ make_component
  $ stowaway kb mine "git:file://$PWD/libdemo" --cache cache -o packs
  stowaway: libdemo: 3 releases, 5 files (* MB) read (glob)
  $ git -C cache/git/*+libdemo-*.git rev-parse --is-bare-repository
  true
  $ code libdemo/src/three.c three 25 && release 1.3 2023-01-01
  $ stowaway kb mine "git:file://$PWD/libdemo" --cache cache --offline -o packs
  stowaway: libdemo: nothing new
  $ stowaway kb mine "git:file://$PWD/libdemo" --cache cache -o packs
  stowaway: libdemo: 1 releases, * (glob)
  $ stowaway --quiet kb mine git:libdemo -o apart
  $ stowaway kb mine git:file:///no/such -o packs --cache cache
  stowaway: such: file:///no/such: cannot fetch file:///no/such: * (glob)
  [6]
  $ ls cache/git | wc -l
  1

A full disk: the pack of before stays, nothing half-written beside it.

  $ cp packs/libdemo.pack before.pack
  $ code libdemo/src/four.c four 25 && release 1.4 2024-01-01
  $ (trap '' XFSZ; ulimit -f 1; stowaway kb mine git:libdemo -o packs --component libdemo)
  stowaway: libdemo: cannot write */packs/libdemo.pack: File too large (glob)
  [6]
  $ cmp packs/libdemo.pack before.pack && ls packs
  demo.pack
  libdemo.pack
  $ ln -s /dev/full full.pack
  $ stowaway kb merge packs/libdemo.pack -o full.pack
  stowaway: cannot write /dev/full: No space left on device
  [6]
