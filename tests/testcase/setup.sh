# Sourced by the transcripts: a made-up library with a planted flaw in version 1.0, a knowledge base that knows it, and a
# case that shows the flaw.
. "$TESTDIR/../cli/setup.sh"
unset STOWAWAY_TESTCASES XDG_STATE_HOME

# join_c fixed|flawed
join_c() {
  echo '#include "join.h"'
  echo '#include <string.h>'
  echo 'int demo_join(char *out, unsigned room, const char *a, const char *b) {'
  [ "$1" = flawed ] || echo '  if (strlen(a) + strlen(b) >= room) return 0;'
  echo '  strcpy(out, a);'
  echo '  strcat(out, b);'
  echo '  return room > 0;'
  echo '}'
}

make_flawed_kb() {
  git init -q -b main libdemo
  code libdemo/src/one.c one 40
  code libdemo/src/two.c two 30
  mkdir -p libdemo/include
  echo 'int demo_join(char *out, unsigned room, const char *a, const char *b);' > libdemo/include/join.h
  release 0.9 2019-01-01
  join_c flawed > libdemo/src/join.c
  release 1.0 2020-01-01
  join_c fixed > libdemo/src/join.c
  release 1.1 2021-01-01
  mkdir catalog
  printf 'Component: libdemo\nPurl: pkg:generic/libdemo\nLicence: MIT\nRank: 1\n\nGit: %s\nTags: ^v(.*)$\nVersion: id\n' \
    "$PWD/libdemo" > catalog/libdemo.catalog
  stowaway --quiet kb mine --catalog catalog -o packs
  stowaway --quiet kb build packs -o demo.kb
  export STOWAWAY_KB="$PWD/demo.kb"
}

make_case() {
  mkdir -p cases/libdemo-DEMO-1
  cat > cases/libdemo-DEMO-1/case.yaml <<EOF
format: 1
advisory: DEMO-1
component: libdemo
title: demo_join writes past its room
language: c
upstreams: [$PWD/libdemo]
affected: [{introduced: "0", fixed: "1.1"}]
control: {vulnerable: "1.0", fixed: "1.1"}
build:
  sources: [join.c]
  required: [join.c]
  headers: [join.h]
  entries: [demo_join]
expect: {reports: [memory-error]}
variants:
  - {name: long-name, program: long-name.c}
EOF
  cat > cases/libdemo-DEMO-1/long-name.c <<'EOF'
#include "stowaway_copy.h"
#include "stowaway_case.h"
#include <stdlib.h>
int main(void) {
  char *out = malloc(8);
  if (!demo_join(out, 8, "a", "b")) case_broken("a short name is refused");
  if (demo_join(out, 8, "more than", " eight bytes")) case_bad("a long name is accepted");
  case_clean("a long name is refused");
}
EOF
  export STOWAWAY_TESTCASES="$PWD/cases"
}

# Ends the transcript where no box can be made.
need_sandbox() {
  bwrap --unshare-all --ro-bind / / true 2> /dev/null || setpriv --reuid 65534 --clear-groups bwrap --unshare-all --ro-bind / / true ||
    { echo 'SKIPPED: no sandbox here'; exit 80; }
}
