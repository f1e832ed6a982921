  $ . "$TESTDIR/../cli/setup.sh"
  $ unset STOWAWAY_LEDGER
  $ export SOURCE_DATE_EPOCH=1800000000
  $ make_kb
  $ for version in 1.0 1.1 1.2; do embed $version app-$version/vendor/demo; code app-$version/main.c main 50; done

Without a ledger there is nothing to look at; the first addition makes it.

  $ stowaway who-embeds libdemo
  stowaway: there is no ledger */stowaway/ledger.db: `stowaway track add` makes one, or name another with --ledger (glob)
  [2]
  $ stowaway track add app --version 1.9 app-1.0
  stowaway: app 1.9: 1 copy (added; * s to scan) (glob)
  $ ls home/.local/share/stowaway/ledger.db
  home/.local/share/stowaway/ledger.db

The same version replaces, others append, in the order of versions.

  $ stowaway track add app --version 1.9 app-1.1
  stowaway: app 1.9: 1 copy (replaced; * s to scan) (glob)
  $ stowaway --quiet track add app --version 1.10 app-1.2
  $ stowaway --quiet track add tool --version 1 app-1.0
  $ stowaway track list
  SUBJECT  VERSION  COPIES  FILES  TRACKED
  app      1.10     1       4      2027-01-15
  tool     1        1       4      2027-01-15
  $ stowaway track list app
  SUBJECT  VERSION        COPIES  FILES  TRACKED
  app      1.9 (earlier)  1       4      2027-01-15
  app      1.10           1       4      2027-01-15

A scan is kept by the way.

  $ stowaway scan --track tool=2 app-1.1 | tail -n 3
      confidence 76.6%
  
  4 files, 9.6 kB, 1 copy of 1 component.
  $ stowaway scan --track tool app-1.1
  stowaway: --track takes NAME=VERSION
  [2]
  $ stowaway scan --track tool=3 app-1.1 app-1.2
  stowaway: --track takes one subject; `stowaway track --from LIST` takes many
  [2]

Who embeds what, at which versions.

  $ stowaway who-embeds 'libdemo < 1.2'
  SUBJECT  VERSION  PATH         COPY         VERDICT    MODIFIED
  tool     2        vendor/demo  libdemo 1.1  identical  0%
  
  libdemo < 1.2: 1 subject
  $ stowaway who-embeds 'libdemo < 1.2' --every-version | grep -c vendor/demo
  3
  $ stowaway who-embeds --json LIBDEMO '>=' 1.2 | grep -E 'question|subject|certain|ratio'
    "question": "LIBDEMO >= 1.2",
        "subject": "app",
        "certain": true,
        "modified_ratio": 0.0,
  $ stowaway who-embeds 'libdemo < 1'
  libdemo < 1: 0 subjects
  $ stowaway who-embeds libdemo --fail-on certain > /dev/null
  [1]
  $ stowaway who-embeds libdmeo
  stowaway: no component is called "libdmeo"; did you mean "libdemo"?
  [2]
  $ stowaway who-embeds 'libdemo ~ 1'
  stowaway: no component is called "libdemo ~ 1"; did you mean "libdemo"?
  [2]
  $ stowaway who-embeds 'libdemo < 1 2'
  stowaway: "< 1 2" is no condition; write one as "libpng >= 1.2, < 1.6.37"
  [2]

What became of the copies.

  $ rm -r app-1.2/vendor && embed 1.1 app-1.2/third_party/demo
  $ stowaway --quiet track add app --version 1.11 app-1.2
  $ stowaway track history app
  app  1.9 -> 1.10
    CHANGE    COMPONENT  PATH         VERSION
    upgraded  libdemo    vendor/demo  1.1 -> 1.2
  
  app  1.10 -> 1.11
    CHANGE      COMPONENT  PATH                             VERSION
    downgraded  libdemo    vendor/demo -> third_party/demo  1.2 -> 1.1
  $ stowaway track diff app=1.9 tool=1
  app 1.9 -> tool 1
    CHANGE      COMPONENT  PATH         VERSION
    downgraded  libdemo    vendor/demo  1.1 -> 1.0
  $ stowaway track diff app=1.8 tool
  stowaway: app is not tracked at version "1.8"; `stowaway track list app` names those that are
  [2]
  $ stowaway track spread libdemo
  COMPONENT  VERSION  SUBJECTS  COPIES
  libdemo    1.1      2         2       ████████████████████████████████████████
  
  2 copies in the current versions of the subjects
  $ stowaway track popular
  COMPONENT  SUBJECTS  COPIES
  libdemo    2         2       ████████████████████████████████████████
  $ stowaway track show app=1.9 | tail -n 3
      confidence 76.6%
  
  4 files, 9.6 kB, 1 copy of 1 component.
  $ stowaway track show app --format deb822
  Embeds: libdemo (= 1.1)

Every answer is to be had as JSON, as the schema says.

  $ valid() { /usr/bin/python3 -c 'import json, sys, jsonschema
  > answer = json.load(sys.stdin)
  > jsonschema.validate(answer, json.load(open(sys.argv[1] + "/../../schema/ledger-1.schema.json")))
  > print(answer["kind"], len(answer[answer["kind"]]))' "$TESTDIR"; }
  $ stowaway who-embeds libdemo --json | valid
  embedders 2
  $ for question in list "history app" "diff app=1.9 app" "spread libdemo" popular failures compare; do
  >   stowaway track $question --json | valid
  > done
  snapshots 2
  steps 2
  steps 1
  spread 1
  components 1
  failures 0
  comparisons 0

A larger knowledge base: nothing is read again.

  $ code libdemo/src/two.c two 60 && release 1.3 2023-01-01
  $ embed 1.3 new/demo && stowaway --quiet track add new --version 1 new && stowaway track show new | grep -c 'libdemo *1.3'
  0
  [1]
  $ stowaway --quiet kb mine --catalog catalog -o packs && stowaway --quiet kb build packs -o demo.kb
  $ mv new moved-away
  $ stowaway track refresh
  stowaway: 3 matched again, 1 of them with another result; 0 were up to date, 0 failed
  $ stowaway track show new | grep -c 'libdemo *1.3'
  1
  $ stowaway track refresh
  stowaway: 0 matched again, 0 of them with another result; 3 were up to date, 0 failed

A list of subjects: what fails is noted, and the rest is done.

  $ mv moved-away new
  $ printf '# two\none 1 new\ntwo 7 nowhere\n' > list
  $ stowaway track --from list 2> err
  [3]
  $ sed 's/[0-9.][0-9.]* s\b/T s/g' err | sort
  stowaway: 1 tracked, 0 were there, 1 failed; 1 copies; T s
  stowaway: one 1: 1 copy (added; T s to scan)
  stowaway: two 7: FAILED to scan: * (glob)
  $ stowaway track failures | cut -c 1-34 | sed 's/ *$//'
  SUBJECT  VERSION  STAGE  WHEN
  two      7        scan   2027-01-1
  $ cp -r new nowhere && stowaway --quiet track --from list && stowaway track failures
  Nothing failed.

A disk that is full: an error, and all as before.

  $ stowaway track export > before
  $ (trap '' XFSZ; ulimit -f 1; stowaway --quiet track add big --version 1 app-1.0) 2> err
  [6]
  $ stowaway track check
  stowaway: the ledger is sound
  $ stowaway track export | cmp - before

Forgetting; and files of something else.

  $ stowaway track forget one
  stowaway: one: forgotten
  $ stowaway track forget app=1.9 && stowaway track list app | grep -c ^app
  stowaway: app 1.9: forgotten
  2
  $ stowaway track show one
  stowaway: no subject is called "one"; * (glob)
  [2]
  $ echo 'no database' > other.db
  $ stowaway track list --ledger other.db
  stowaway: other.db: file is not a database
  [6]
  $ stowaway track list --ledger postgresql://nobody:sesame@127.0.0.1:1/x 2> err
  [6]
  $ grep -c sesame err
  0
  [1]

Audited from the ledger: nothing is read again, and what is accepted there counts.

  $ cat > osv.json <<END
  > [{"schema_version": "1.6.0", "id": "CVE-2024-1", "modified": "2024-01-01T00:00:00Z", "summary": "x",
  >   "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  >   "affected": [{"package": {"ecosystem": "generic", "name": "libdemo", "purl": "pkg:generic/libdemo"},
  >     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}]}]}]
  > END
  $ stowaway audit --advisories osv.json tool --json | grep -c '"status": "affected"'
  2
  $ stowaway audit --advisories osv.json --all --fail-on critical --note
  stowaway: app: 1 change noted
  app
  
  third_party/demo  libdemo 1.1
    ADVISORY    SEVERITY      STATUS    FIXED IN  WHY
    CVE-2024-1  critical 9.8  affected  1.2       in range
  
  1 copy: 1 affected, 0 unknown
  
  stowaway: tool: 1 change noted
  tool
  
  vendor/demo  libdemo 1.1
    ADVISORY    SEVERITY      STATUS    FIXED IN  WHY
    CVE-2024-1  critical 9.8  affected  1.2       in range
  
  1 copy: 1 affected, 0 unknown
  
  stowaway: 4 subjects, 2 of them with 2 open findings
  [1]
  $ stowaway --quiet accept CVE-2024-1 --in tool --reason 'trusted input' --until 2027-02-01 --by Ada
  $ stowaway audit --advisories osv.json --all --note
  app
  
  third_party/demo  libdemo 1.1
    ADVISORY    SEVERITY      STATUS    FIXED IN  WHY
    CVE-2024-1  critical 9.8  affected  1.2       in range
  
  1 copy: 1 affected, 0 unknown
  
  stowaway: tool: 1 change noted
  stowaway: 4 subjects, 1 of them with 1 open findings
  $ stowaway audit --advisories osv.json no-such-thing
  stowaway: no-such-thing is no file, and the ledger does not know it: no subject is called "no-such-thing"; `stowaway track list` names those that there are
  [2]
  $ stowaway audit --advisories osv.json --note new
  stowaway: --note is about a tracked subject; say which one this is with --in NAME
  [2]
  $ stowaway audit
  stowaway: name a subject, a report or a tracked subject, or say --all
  [2]
