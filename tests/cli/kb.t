  $ . "$TESTDIR/setup.sh"
  $ make_component

Mining reads every release of the repository once, and appends only what is new.

  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: 3 releases, 5 files (* MB) read (glob)
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: nothing new
  $ code libdemo/src/three.c three 25
  $ release 1.3 2023-01-01
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: 1 releases, * (glob)

A second tag of a version adds to it once. It was read again with each run.

  $ git -C libdemo tag v1.3-again v1.2
  $ sed -i 's/^Tags.*/Tags: ^v([0-9.]+)(?:-again)?$/' catalog/libdemo.catalog
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: 1 releases, * (glob)
  $ cp packs/libdemo.pack before.pack && touch -d 2001-01-01 packs/libdemo.pack
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: nothing new
  $ cmp packs/libdemo.pack before.pack && date -r packs/libdemo.pack +%Y
  2001

What the catalogue says of a component reaches its pack without a new release.

  $ sed -i 's/^Licence.*/Licence: Zlib/' catalog/libdemo.catalog
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: described anew, no new releases
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: libdemo: nothing new

A pack that cannot be read is not written over.

  $ mkdir bad && echo newer > bad/libdemo.pack
  $ stowaway kb mine --catalog catalog -o bad
  stowaway: libdemo: bad/libdemo.pack: not a pack
  [3]
  $ cat bad/libdemo.pack
  newer

An appended pack is the pack of one mining run.

  $ stowaway --quiet kb mine --catalog catalog -o again
  $ cmp packs/libdemo.pack again/libdemo.pack

The index is the same whenever it is built.

  $ stowaway kb build packs -o demo.kb
  stowaway: demo.kb: 1 components, 4 releases, 6 contents, * (glob)
  $ stowaway --quiet kb build packs/libdemo.pack -o other.kb
  $ cmp demo.kb other.kb
  $ stowaway --quiet kb build packs --memory-mb 1 -o other.kb
  $ cmp demo.kb other.kb
  $ stowaway kb info --kb demo.kb | grep -E 'components|releases|contents'
  components  1
  releases    4
  contents    6
  $ stowaway kb list --kb demo.kb
  libdemo\tpkg:generic/libdemo\t4 releases\t1.0 \xe2\x80\xa6 1.3 (esc)
  $ stowaway kb verify demo.kb packs/libdemo.pack
  demo.kb: ok
  packs/libdemo.pack: ok

Packs of one component, mined in parts, are merged; the order does not matter.

  $ sed 's/^Tags.*/Tags: ^v(1[.][01])$/' catalog/libdemo.catalog > old.catalog
  $ sed 's/^Tags.*/Tags: ^v(1[.][123])(?:-again)?$/' catalog/libdemo.catalog > new.catalog
  $ stowaway --quiet kb mine --catalog old.catalog -o old
  $ stowaway --quiet kb mine --catalog new.catalog -o new
  $ stowaway kb merge old/libdemo.pack new/libdemo.pack -o both.pack
  stowaway: both.pack: libdemo, 4 releases, 6 contents
  $ stowaway --quiet kb merge new/libdemo.pack old -o turned.pack
  $ cmp both.pack turned.pack
  $ stowaway --quiet kb build old new -o merged.kb
  $ stowaway kb info --kb merged.kb | grep -E 'components|releases|contents'
  components  1
  releases    4
  contents    6
  $ sed 's/libdemo$/other/' catalog/libdemo.catalog | sed '/^Git/s/other/libdemo/' > other.catalog
  $ stowaway --quiet kb mine --catalog other.catalog -o other
  $ stowaway kb merge old other -o none.pack
  stowaway: packs of libdemo and of other: only packs of one component can be merged
  [2]
  $ stowaway kb merge old new -o /dev/full
  stowaway: cannot write /dev/full: No space left on device
  [6]

A knowledge base that is cut short, damaged, foreign or missing is named, and no scan is done with it.

  $ mkdir tree && code tree/a.c a 9
  $ head -c 1000 demo.kb > cut.kb
  $ stowaway scan --kb cut.kb tree
  stowaway: cut.kb: * (glob)
  [5]
  $ echo hello > foreign.kb
  $ stowaway scan --kb foreign.kb tree
  stowaway: foreign.kb: * (glob)
  [5]
  $ : > empty.kb
  $ stowaway scan --kb empty.kb tree
  stowaway: empty.kb: * (glob)
  [5]
  $ stowaway scan --kb none.kb tree
  stowaway: cannot open none.kb: No such file or directory
  [5]
  $ stowaway scan --kb packs/libdemo.pack tree
  stowaway: packs/libdemo.pack: * (glob)
  [5]
  $ stowaway scan --kb tree tree
  stowaway: *tree* (glob)
  [5]
  $ cp demo.kb damaged.kb
  $ printf x | dd of=damaged.kb bs=1 seek=$(($(stat -c %s demo.kb) / 2)) conv=notrunc 2> /dev/null
  $ stowaway kb verify damaged.kb
  stowaway: damaged.kb: * (glob)
  [5]

A damaged pack fails the build and names itself; the index of before stays.

  $ head -c 200 packs/libdemo.pack > packs/cut.pack
  $ stowaway kb build packs -o demo.kb
  stowaway: packs/cut.pack: * (glob)
  [6]
  $ rm packs/cut.pack
  $ cmp demo.kb other.kb
  $ stowaway kb build packs/none.pack -o new.kb
  stowaway: cannot open packs/none.pack: No such file or directory
  [2]
  $ mkdir empty
  $ stowaway kb build empty -o new.kb 2> /dev/null
  [2]
  $ test -e new.kb
  [1]

A full disk.

  $ stowaway kb build packs -o /dev/full
  stowaway: cannot write /dev/full: No space left on device
  [6]
  $ stowaway --quiet kb build packs -o none/new.kb
  stowaway: cannot write beside none/new.kb: No such file or directory
  [6]

A catalogue with a mistake is named by file and line.

  $ echo nonsense >> catalog/libdemo.catalog
  $ stowaway kb mine --catalog catalog -o packs
  stowaway: catalog/libdemo.catalog: line 9: no "Key: value"
  [6]

What --kb does not say, STOWAWAY_KB does, and then the user's data directory.

  $ STOWAWAY_KB=demo.kb stowaway kb info | head -n 1
  file        demo.kb
  $ mkdir -p data/stowaway && cp demo.kb data/stowaway/any.kb
  $ XDG_DATA_HOME=data stowaway kb info | head -n 1
  file        data/stowaway/any.kb
