  $ . "$TESTDIR/setup.sh"

Help and version are results: on stdout, with success.

  $ stowaway --version
  stowaway [0-9.]+ (re)
  $ stowaway --help | head -n 1
  Finds the software that hides inside other software.
  $ stowaway help scan | head -n 2
  Find embedded copies and their versions
  Usage: stowaway scan [OPTIONS] [SUBJECT...]
  $ stowaway scan --help > /dev/null
  $ stowaway kb mine --help > /dev/null

Without a command, the same on stderr, as a failure.

  $ stowaway 2> err
  [2]
  $ head -n 1 err
  Finds the software that hides inside other software.
  $ stowaway kb > /dev/null 2>&1
  [2]

What cannot be understood is named, with what may have been meant.

  $ stowaway scna
  stowaway: no command "scna"; did you mean "scan"?
  Try `stowaway --help`.
  [2]
  $ stowaway frobnicate
  stowaway: no command "frobnicate"
  Try `stowaway --help`.
  [2]
  $ stowaway kb biuld
  stowaway: no command "biuld"; did you mean "build"?
  Try `stowaway kb --help`.
  [2]
  $ stowaway scan --jsno .
  stowaway: no option "--jsno"; did you mean "--json"?
  Try `stowaway scan --help`.
  [2]
  $ stowaway scan --fail-on=copies .
  stowaway: --fail-on: copies not in {copy,modified}
  Try `stowaway scan --help`.
  [2]
  $ stowaway scan --jobs many . 2>&1 | tail -n 1
  Try `stowaway scan --help`.
  $ stowaway kb info too much
  stowaway: "too" is one argument too many
  Try `stowaway kb info --help`.
  [2]
  $ stowaway scan --format jsonn . 2>&1 | sed 's/;.*//'
  stowaway: no format "jsonn"
  $ stowaway scan --format jsonn . 2> /dev/null
  [2]

Nothing named is not a scan of nothing.

  $ stowaway scan
  stowaway: name what to scan: * (glob)
  [2]
