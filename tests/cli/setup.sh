# Sourced by the transcripts: nothing of the user's settings counts, and a made-up component to mine and to find.
unset STOWAWAY_KB NO_COLOR SOURCE_DATE_EPOCH XDG_DATA_HOME XDG_CACHE_HOME
export HOME="$PWD/home" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
mkdir -p home

# code FILE NAME LINES: C that no other NAME has.
code() {
  mkdir -p "$(dirname "$1")"
  seq "$3" | awk -v name="$2" '{ printf "int %s_step_%d(int value) { return value * %d + table_%s[%d]; }\n",
    name, $1, $1 * 37 % 101, name, $1 * 13 % 64 }' > "$1"
}

# release VERSION DATE: commits and tags what is in libdemo/.
release() {
  git -C libdemo add -A
  GIT_AUTHOR_DATE="$2T00:00:00Z" GIT_COMMITTER_DATE="$2T00:00:00Z" git -C libdemo commit -q -m "$1"
  git -C libdemo tag "v$1"
}

# Three releases of libdemo, each with another src/two.c.
make_component() {
  git init -q -b main libdemo
  code libdemo/src/one.c one 40
  code libdemo/include/demo.h demo 20
  code libdemo/src/two.c two 30
  release 1.0 2020-01-01
  code libdemo/src/two.c two 35
  release 1.1 2021-01-01
  code libdemo/src/two.c two 45
  release 1.2 2022-01-01
  mkdir catalog
  cat > catalog/libdemo.catalog <<EOF
Component: libdemo
Purl: pkg:generic/libdemo
Licence: MIT
Rank: 1

Git: $PWD/libdemo
Tags: ^v(.*)\$
Version: id
EOF
}

make_kb() {
  make_component
  stowaway --quiet kb mine --catalog catalog -o packs
  stowaway --quiet kb build packs -o demo.kb
  export STOWAWAY_KB="$PWD/demo.kb"
}

# embed VERSION DIRECTORY: a copy of libdemo.
embed() {
  mkdir -p "$2"
  git -C libdemo archive "v$1" | tar -x -C "$2"
}

# Reads a JSON report: one line per copy.
copies() {
  python3 -c 'import json, sys
for copy in json.load(sys.stdin)["copies"]:
    print(copy["path"], copy["component"], ",".join(copy["versions"]), copy["verdict"])'
}
