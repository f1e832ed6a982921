  $ . "$TESTDIR/setup.sh"
  $ make_kb

Ctrl-C stops, even while nothing arrives, and says what is kept. (The second number: how long until timeout kills it.)

  $ mkfifo list
  $ sleep 20 > list &
  $ timeout --preserve-status --signal=INT --kill-after=10 0.5 stowaway scan -o report - < list
  stowaway: interrupted: no report was written
  [130]
  $ test -e report
  [1]
  $ kill $!
