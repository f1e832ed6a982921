# usage: sh -eu fixture.sh TESTS    in an empty directory, stowaway on the PATH
# A ledger of small trees, with names that mean harm: libouter carries libdemo, app carries both, in two versions.
. "$1/cli/setup.sh"
make_component

git init -q -b main libouter
outer() {
  for part in window frame paint event; do code "libouter/src/$part.c" "outer_$part" "$2"; done
  mkdir -p libouter/third_party/demo
  git -C libdemo archive v1.0 | tar -x -C libouter/third_party/demo
  git -C libouter add -A
  GIT_AUTHOR_DATE="$3T00:00:00Z" GIT_COMMITTER_DATE="$3T00:00:00Z" git -C libouter commit -q -m "$1"
  git -C libouter tag "v$1"
}
outer 2.0 40 2019-03-01
outer 2.1 44 2023-06-01
cat > catalog/libouter.catalog <<EOF
Component: libouter
Purl: pkg:generic/libouter
Licence: Zlib
Rank: 1

Git: $PWD/libouter
Tags: ^v(.*)\$
Version: id
EOF
stowaway --quiet kb mine --catalog catalog -o packs
stowaway --quiet kb build packs -o demo.kb
export STOWAWAY_KB="$PWD/demo.kb" STOWAWAY_LEDGER="$PWD/ledger.db"

# What a page must show, and never obey: markup, quotes, text that runs backwards, a line's end.
tag='"><script>alert(1)</script>'
quote='"><img src=x onerror=alert(1)>'
bidi=$(printf 'safe\342\200\256exe.\342\200\213txt')
turned='שלום <i>&amp;</i>'
breaks=$(printf 'two\nlines')

mkdir -p first second hostile plain
for tree in first second; do
  code $tree/src/main.c own_main 60
  code $tree/src/more.c own_more 60
done
git -C libouter archive v2.0 | tar -x --one-top-level=first/vendor/outer
embed 1.0 first/lib/demo
git -C libouter archive v2.1 | tar -x --one-top-level=second/vendor/outer
embed 1.2 second/lib/demo
sed -i 's/step_7(int value)/step_7(int changed)/; s/return value \* 3/return 7 + value * 3/' second/lib/demo/src/two.c
embed 1.1 "hostile/$quote/$bidi"
embed 1.0 "hostile/$breaks & more"
code plain/main.c plain_main 50

stowaway --quiet track add app --version 1.0 first
stowaway --quiet track add app --version 2.0 second
stowaway --quiet track add "$tag" --version '1<b>' hostile
stowaway --quiet track add "$turned" --version 1 first
stowaway --quiet track add plain --version 1 plain
for number in 1 2 3; do stowaway --quiet track add "package-$number" --version 1 second; done
cat > osv.json <<'EOF'
[{"id": "CVE-2020-1", "aliases": ["GHSA-aaaa-bbbb-cccc"], "modified": "2024-01-01T00:00:00Z",
  "summary": "A <b>flaw</b> in demo <script>alert(1)</script> \u202efdp.exe",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{"package": {"ecosystem": "Upstream", "name": "libdemo"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}]}]},
 {"id": "CVE-2021-2", "modified": "2024-02-01T00:00:00Z", "summary": "Two bytes too many",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"}],
  "affected": [{"package": {"ecosystem": "Upstream", "name": "libouter"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}]}]}]
EOF
python3 -c 'import json; [json.dump(one, open(one["id"] + ".json", "w")) for one in json.load(open("osv.json"))]'
stowaway --quiet advisory import CVE-2020-1.json CVE-2021-2.json -o advisories.db
stowaway --quiet accept CVE-2020-1 --in "$turned" --by '<i>eve</i>' --reason '<img src=x onerror=alert(2)> it is not called' --until 2099-12-31
stowaway --quiet audit --all --note --advisories advisories.db > audit.txt || test $? -eq 1
cat > evidence.json <<'EOF'
{"format": "stowaway-patches-1", "copies": [
  {"path": "vendor/outer/third_party/demo", "component": "libdemo", "advisory": "CVE-2020-1", "form": "fixed form", "detail": "two_step_7() is as after the fix <b>"}]}
EOF
cat > verdict.json <<'EOF'
{"format": "stowaway-testcase-run-1", "outcomes": [
  {"path": "vendor/outer/third_party/demo", "component": "libdemo", "advisory": "CVE-2020-1", "verdict": "not-vulnerable", "case": "demo-overflow", "evidence": "it held"}]}
EOF
stowaway --quiet audit second --in package-3 --note --evidence evidence.json --evidence verdict.json --advisories advisories.db > seen.txt || test $? -eq 1
stowaway --quiet token make ada --scope accept > accept.token
stowaway --quiet token make reader --scope read > read.token
tar -cf upload.tar first
