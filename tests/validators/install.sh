#!/bin/sh
# Installs the validators' npm packages, in the versions of package-lock.json, into DIRECTORY/node_modules.
# usage: tests/validators/install.sh DIRECTORY        exit status 77: cannot be done here (ctest: skipped)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
directory=$1
if ! command -v npm >/dev/null; then
  echo "skipped: npm is not installed"
  exit 77
fi
mkdir -p "$directory"
if [ -d "$directory/node_modules" ] && cmp -s "$here/package-lock.json" "$directory/package-lock.json"; then
  exit 0
fi
cp "$here/package.json" "$here/.npmrc" "$directory"
rm -f "$directory/package-lock.json"
cp "$here/package-lock.json" "$directory/package-lock.json.new"
mv "$directory/package-lock.json.new" "$directory/package-lock.json"
if ! (cd "$directory" && npm ci --loglevel=error >npm.log 2>&1); then
  rm -rf "$directory/node_modules" "$directory/package-lock.json"
  tail -5 "$directory/npm.log"
  echo "skipped: npm cannot install the validators (no network?)"
  exit 77
fi
