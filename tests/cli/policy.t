  $ . "$TESTDIR/setup.sh"
  $ make_kb
  $ export SOURCE_DATE_EPOCH=1795420800
  $ mkdir tree && code tree/main.c main 50
  $ embed 1.1 tree/vendor/demo

A policy that is kept changes nothing but for a line.

  $ cat > stowaway.toml <<EOF
  > allow = ["libdemo >= 1.1"]
  > deny-licences = ["GPL-*"]
  > EOF
  $ stowaway scan --policy stowaway.toml tree | grep Policy
  Policy stowaway.toml: kept

One that is broken gives exit status 1, and says which rule and where it stands.

  $ cat > strict.toml <<EOF
  > require = ["libdemo >= 1.2"]
  > deny-licences = ["MIT"]
  > EOF
  $ stowaway scan --policy strict.toml tree > table
  [1]
  $ sed -n '/Policy/,/^$/p' table
  Policy strict.toml: 2 rules broken
    vendor/demo: libdemo 1.1 has to be >= 1.2 (strict.toml, line 1: require libdemo >= 1.2)
    vendor/demo: libdemo 1.1 is under MIT, which is denied (strict.toml, line 2: deny-licences MIT)
  
  $ stowaway scan --policy strict.toml --json tree > report.json
  [1]
  $ python3 -c 'import json
  > for v in json.load(open("report.json"))["policy"]["violations"]: print(v["path"], v["rule"], v["line"], v["text"])'
  vendor/demo require 1 libdemo >= 1.2
  vendor/demo deny-licences 2 MIT
  $ stowaway scan --policy strict.toml --format sarif tree > report.sarif
  [1]
  $ python3 -c 'import json
  > for r in json.load(open("report.sarif"))["runs"][0]["results"]: print(r["ruleId"], r["level"])'
  embedded-identical note
  policy-require error
  policy-deny-licences error

Accepted, until a day.

  $ cat >> strict.toml <<EOF
  > [[accept]]
  > path = "vendor"
  > until = 2026-11-23
  > because = "goes with 2.0"
  > EOF
  $ stowaway scan --policy strict.toml tree | sed -n '/Policy/,/^$/p'
  Policy strict.toml: kept
    vendor/demo: libdemo accepted (line 3): goes with 2.0
  
  $ SOURCE_DATE_EPOCH=1795507200 stowaway scan --policy strict.toml tree | grep Policy
  Policy strict.toml: 2 rules broken

A policy that cannot be understood stops the scan before it begins.

  $ echo 'alow = []' > bad.toml
  $ stowaway scan --policy bad.toml tree
  stowaway: bad.toml: line 1: "alow" means nothing; there are allow, deny, require, deny-licences and [[accept]]
  [2]
  $ stowaway scan --policy none.toml tree
  stowaway: * (glob)
  [2]
