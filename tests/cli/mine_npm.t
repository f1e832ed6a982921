  $ command -v npm > /dev/null || exit 80
  $ . "$TESTDIR/setup.sh"
  $ unset http_proxy HTTP_PROXY
  $ mkdir registry
  $ python3 "$TESTDIR/registry.py" registry port & server=$!
  $ while ! test -s port; do sleep 0.05; done
  $ export npm_config_registry="http://127.0.0.1:$(cat port)/" npm_config_fetch_retries=0

# package NAME VERSION DATE LINES: published; the files are as old as npm makes them.
  $ package() {
  >   rm -rf package && code package/dist/$1.js "$1" "$4" && code "package/dist/$1.min.js" "${1}_min" 12
  >   code package/src/core.ts core 9 && echo '{}' > package/dist/$1.js.map
  >   echo "{\"name\":\"$1\",\"version\":\"$2\"}" > package/package.json
  >   tar --mtime=1985-10-26T08:15:00Z -czf "registry/$1-$2.tgz" package
  >   echo "$3" > "registry/$1-$2.date"
  > }
  $ package demo 1.0.0 2015-01-02 300
  $ package demo 1.1.0 2016-01-02 350
  $ package demo 2.0.0-rc.1 2017-01-02 360
  $ package demo 2.0.0 2018-01-02 400

Every final version of a package; what was built is in the pack, source maps are not.

  $ stowaway kb mine npm:demo --cache cache -o packs
  stowaway: demo: 3 releases, 9 files (* MB) read (glob)
  $ stowaway kb mine npm:demo --cache cache -o packs
  stowaway: demo: nothing new
  $ "$TESTDIR/../../tools/read-pack" packs/demo.pack | sed -n '/^purl/p;/^source/p;/^VERSION/,$p' | cut -f1-3
  purl          pkg:npm/demo
  source        npm demo
  VERSION\tDATE\tFILES (esc)
  1.0.0\t2015-01-02\t3 (esc)
  1.1.0\t2016-01-02\t3 (esc)
  2.0.0\t2018-01-02\t3 (esc)
  $ "$TESTDIR/../../tools/read-pack" --json packs/demo.pack | grep -o '"path": "[^"]*"'
  "path": "dist/demo.js"
  "path": "dist/demo.min.js"
  "path": "src/core.ts"

Some versions, prereleases too.

  $ stowaway kb mine 'npm:demo@<1.1 || 2.0.0-rc.1' --cache cache -o packs
  stowaway: demo: 1 releases, 3 files (* MB) read (glob)

A copy of a built file is found, with its version.

  $ stowaway --quiet kb build packs -o demo.kb
  $ mkdir -p site/js && tar xzf registry/demo-1.1.0.tgz -O package/dist/demo.js > site/js/demo.js
  $ stowaway --kb demo.kb scan --format json site | copies
  js/demo.js demo 1.1.0 subset

A catalogue names packages as well, and merges them with other sources by version.

  $ make_component
  $ printf '\nNpm: demo\nVersions: >=1.1 <2\nPaths: ^dist/\n' >> catalog/libdemo.catalog
  $ stowaway kb mine --catalog catalog --cache cache -o packs
  stowaway: libdemo: 4 releases, 7 files (* MB) read (glob)
  $ stowaway kb mine --catalog catalog --cache cache -o packs
  stowaway: libdemo: nothing new
  $ "$TESTDIR/../../tools/read-pack" packs/libdemo.pack | sed -n '/^source/p;/^[0-9]/p' | cut -f1,3
  source        git * (glob)
  source        npm demo >=1.1 <2 paths ^dist/
  1.0\t3 (esc)
  1.1\t5 (esc)
  1.2\t3 (esc)

A tarball that is not what the registry promises is left out; npm refuses it first.

  $ package liar 1.0.0 2015-01-02 30
  $ package liar 1.1.0 2015-02-02 31 && touch registry/liar-1.1.0.lie
  $ stowaway kb mine npm:liar --cache cache -o packs
  stowaway: liar: liar 1.1.0: not what the registry promises: npm says EINTEGRITY
  stowaway: liar: 1 releases, 3 files (* MB) read (glob)
  [3]

What is not there, and what is no name.

  $ stowaway kb mine npm:none --cache cache -o packs
  stowaway: none: none: npm:none: Not Found - GET http://127.0.0.1:*/none (glob)
  [2]
  $ stowaway kb mine npm:-g
  stowaway: "-g" is no name of an npm package
  [2]
  $ ls cache/npm

Ctrl-C: nothing half-written, and how to go on.

  $ package slow 1.0.0 2015-01-02 30 && touch registry/slow-1.0.0.slow
  $ timeout --preserve-status --signal=INT --kill-after=20 3 stowaway kb mine npm:slow --cache cache -o packs
  stowaway: interrupted: finished packs and downloads are kept; the same command goes on from there
  [130]
  $ ls packs cache/npm
  cache/npm:
  
  packs:
  demo.pack
  liar.pack
  libdemo.pack
  $ kill $server
