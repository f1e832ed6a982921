  $ . "$TESTDIR/setup.sh"
  $ unset STOWAWAY_ADVISORIES
  $ make_kb
  $ mkdir tree && code tree/main.c main 50
  $ embed 1.1 tree/vendor/demo

Advisories come from a store, or straight from files.

  $ mkdir osv
  $ cat > osv/one.json <<EOF
  > {"id": "GHSA-1111-2222-3333", "aliases": ["CVE-2024-1"], "modified": "2024-05-01T00:00:00Z",
  >  "summary": "Two bytes too many", "severity": [{"type": "CVSS_V3",
  >  "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  >  "affected": [{"package": {"ecosystem": "Upstream", "name": "libdemo"},
  >   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.1"}, {"fixed": "1.2"}]}]}]}
  > EOF
  $ cat > osv/more.jsonl <<EOF
  > {"id": "CVE-2024-2", "affected": [{"package": {"purl": "pkg:generic/libdemo"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}]}]}]}
  > {"id": "CVE-2024-3", "withdrawn": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "Upstream", "name": "libdemo"}, "versions": ["1.1"]}]}
  > EOF
  $ stowaway audit --advisories osv tree
  vendor/demo  libdemo 1.1
    ADVISORY    SEVERITY      STATUS    FIXED IN  WHY
    CVE-2024-1  critical 9.8  affected  1.2       since 1.1
    1 more does not affect it
  
  1 copy: 1 affected, 0 unknown
  $ stowaway audit --advisories none.db tree
  stowaway: none.db: * (glob)
  [5]
  $ stowaway advisory import osv
  stowaway: osv: 3 records (1 withdrawn): 3 added, 0 replaced, 0 unchanged, 0 older than what is there
  $ stowaway advisory import osv
  stowaway: osv: 3 records (1 withdrawn): 0 added, 0 replaced, 3 unchanged, 0 older than what is there
  $ ls home/.local/share/stowaway
  advisories.db
  $ stowaway audit tree | grep CVE
    CVE-2024-1  critical 9.8  affected  1.2       since 1.1

That was the user's own store, with the starter set where it is installed. From here on only the former.

  $ export STOWAWAY_ADVISORIES=home/.local/share/stowaway/advisories.db
  $ stowaway audit -a tree | grep CVE
    CVE-2024-1  critical 9.8  affected      1.2       since 1.1
    CVE-2024-2  -             not affected  1.0       has the fix

Looking into the store.

  $ stowaway advisory info | grep -E 'records|withdrawn'
  records    3
  withdrawn  1
  $ stowaway advisory list libdemo
  CVE-2024-1          critical 9.8  1.2           Two bytes too many
  CVE-2024-2          -             1.0
  CVE-2024-3          -             -             withdrawn
  $ stowaway advisory show GHSA-1111-2222-3333 | head -3
  CVE-2024-1
    Two bytes too many
    also called: GHSA-1111-2222-3333
  $ stowaway advisory show CVE-1999-1
  stowaway: no advisory is called "CVE-1999-1"
  [2]
  $ stowaway advisory export > all.jsonl
  $ stowaway advisory import --quiet all.jsonl -o again.db
  $ stowaway advisory info --advisories again.db | grep ^id > a
  $ stowaway advisory info | grep ^id | cmp - a

A gate, and what closes a finding: statements are shown, the finding stays.

  $ stowaway audit --fail-on high tree > /dev/null
  [1]
  $ cat > no.openvex.json <<EOF
  > {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x:1", "author": "Ada", "timestamp": "2024-06-01T00:00:00Z",
  >  "version": 1, "statements": [{"vulnerability": {"name": "GHSA-1111-2222-3333"}, "products": [{"@id": "tree",
  >   "subcomponents": [{"@id": "pkg:generic/libdemo"}]}], "status": "not_affected",
  >   "justification": "vulnerable_code_not_in_execute_path"}]}
  > EOF
  $ stowaway audit --fail-on high --vex no.openvex.json tree
  vendor/demo  libdemo 1.1
    ADVISORY    SEVERITY      STATUS       FIXED IN  WHY
    CVE-2024-1  critical 9.8  stated free  1.2       since 1.1
        stated not affected by Ada in no.openvex.json: vulnerable_code_not_in_execute_path
    1 more does not affect it
  
  1 copy: 0 affected, 0 unknown, 1 accepted or stated free

A report of an earlier scan will do as the subject, even without a knowledge base.

  $ stowaway scan --json -o scan.json tree
  $ stowaway audit --json scan.json > one.json
  $ stowaway audit --json tree > two.json
  $ python3 - <<EOF
  > import json
  > one, two = json.load(open("one.json")), json.load(open("two.json"))
  > assert one["findings"] == two["findings"] and one["copies"] == two["copies"] and len(one["findings"]) == 2
  > EOF
  $ STOWAWAY_KB=none.kb stowaway audit scan.json | grep -c CVE-2024-1
  stowaway: no knowledge base: components are known by the names in the report alone
  1

Wrong use, and files that are something else.

  $ stowaway audit --format xml tree
  stowaway: no format "xml"; there are table, json, openvex, cyclonedx
  [2]
  $ stowaway audit --vex scan.json tree
  stowaway: scan.json: neither OpenVEX nor CycloneDX
  [2]
  $ stowaway advisory import
  stowaway: name what to import: OSV files, directories or archives, or --debian-tracker
  [2]
  $ echo nothing > nothing.json
  $ stowaway advisory import nothing.json
  stowaway: nothing.json: no record was found in nothing.json: nothing.json: neither a JSON object nor an array
  [6]
  $ echo '{"a": ' >> osv/more.jsonl
  $ stowaway advisory import --quiet osv -o other.db
  stowaway: more.jsonl: line 3: not JSON
  [3]
  $ echo '{"libdemo": {"CVE-2024-4": {"releases": {"sid": {"status": "resolved", "fixed_version": "1.1-3", "urgency": "low"}}}}}' > tracker.json
  $ stowaway advisory import --debian-tracker tracker.json
  stowaway: tracker.json: 1 records (0 withdrawn): 1 added, 0 replaced, 0 unchanged, 0 older than what is there
  $ stowaway audit tree | grep CVE-2024-4
    CVE-2024-4  low           unknown   1.1-3     Debian patched it

What a test case showed of a copy counts more than its version.

  $ cat > tests.json <<EOF
  > {"format": "stowaway-testcase-run-1", "subject": "tree", "outcomes": [{"case": "demo", "advisory": "CVE-2024-1",
  >  "component": "libdemo", "path": "vendor/demo", "verdict": "not-vulnerable", "evidence": "ran to its end"}]}
  > EOF
  $ stowaway audit --evidence tests.json tree | grep -A 1 CVE-2024-1
    CVE-2024-1  critical 9.8  not affected  1.2       test case does not show it
        test case: not-vulnerable, demo: ran to its end
  $ stowaway audit --evidence scan.json tree
  stowaway: scan.json: neither the outcomes of `stowaway testcase run --format json` nor patch presence
  [2]
