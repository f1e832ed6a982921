#!/bin/sh
# usage: carried_test.sh WEB    The lock file pins everything and names no host; nothing is needed at run time; no page takes HTML.
set -eu
cd "$1"
fail() { echo "web: $1" >&2; exit 1; }
grep -q '"integrity"' package-lock.json || fail "package-lock.json has no hashes"
if grep -n '"resolved"' package-lock.json; then fail "package-lock.json says where a package was fetched from"; fi
if grep -n '"dependencies"' package.json; then fail "package.json: the pages need nothing at run time"; fi
if grep -nE '"[\^~><*]|"latest"' package.json; then fail "package.json: a version is not pinned"; fi
if grep -rnE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\(|new Function' src; then
  fail "a page takes HTML or code from text"
fi
if grep -rnE '(src|href|url\()[^ ]*https?:' src | grep -v 'www.w3.org'; then fail "a page names another host"; fi
if grep -nE '<style|style=| on[a-z]+=|<script>' src/index.html; then fail "index.html has inline code or style"; fi
