#include "testcase/support.h"

namespace stowaway::testcase {

std::string_view support_header() {
  return R"header(/* The words of a test case. Each of them but case_armed ends the program. */
#ifndef STOWAWAY_CASE_H
#define STOWAWAY_CASE_H
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#define CASE_WORD_ static __attribute__((unused, format(printf, 1, 2)))
#define CASE_END_ __attribute__((noreturn))

static __attribute__((unused)) void case_say_(const char *word, const char *format, va_list list) {
  printf("\nstowaway-case: %s ", word);
  vprintf(format, list);
  printf("\n");
  fflush(stdout);
}
#define CASE_SAY_(word, status)        \
  {                                    \
    va_list list;                      \
    va_start(list, format);            \
    case_say_(word, format, list);     \
    va_end(list);                      \
    fflush(stderr);                    \
    _exit(status);                     \
  }

/* The next call may not come to an end: running out of time counts from here. */
static __attribute__((unused)) void case_armed(void) {
  printf("\nstowaway-case: armed\n");
  fflush(stdout);
}
/* The bad behaviour was seen. */
CASE_WORD_ CASE_END_ void case_bad(const char *format, ...) CASE_SAY_("bad", 99)
/* All was done, and nothing bad was seen. */
CASE_WORD_ CASE_END_ void case_clean(const char *format, ...) CASE_SAY_("clean", 0)
/* What the flaw lies in is not in this copy. */
CASE_WORD_ CASE_END_ void case_not_applicable(const char *format, ...) CASE_SAY_("not-applicable", 98)
/* The test itself could not be set up: says nothing about the copy. */
CASE_WORD_ CASE_END_ void case_broken(const char *format, ...) CASE_SAY_("broken", 97)
#endif
)header";
}

std::string_view support_module() {
  return R"module('use strict';
// The words of a test case. Each of them but armed() ends the program.
const fs = require('fs');
const path = require('path');

function end(word, status, text) {
  fs.writeSync(1, `\nstowaway-case: ${word} ${String(text || '').replace(/[\r\n]+/g, ' ').slice(0, 500)}\n`);
  process.exit(status);
}
exports.armed = () => fs.writeSync(1, '\nstowaway-case: armed\n');
exports.bad = (text) => end('bad', 99, text);
exports.clean = (text) => end('clean', 0, text);
exports.notApplicable = (text) => end('not-applicable', 98, text);
exports.broken = (text) => end('broken', 97, text);

// The copy's files that the manifest's sources match, best first, and the directory of the first.
exports.files = JSON.parse(process.env.STOWAWAY_FILES);
exports.directory = path.dirname(exports.files[0]);

// Evaluates one of the copy's files as a module and in this realm, whatever way it exports: gives
// module.exports, or else the global, variable or property of `this` called `name`.
exports.load = (name, file = exports.files[0]) => {
  const code = fs.readFileSync(file, 'utf8').replace(/^#!.*/, '');
  const find = /^[A-Za-z_$][\w$]*$/.test(name) ? `\n;return typeof ${name} === 'undefined' ? undefined : ${name};` : '';
  const requireHere = (what) => require(/^\.\.?\//.test(what) ? path.resolve(path.dirname(file), what) : what);
  const evaluate = (module) =>
    new Function('module', 'exports', 'require', '__filename', '__dirname', code + find)
      .call(globalThis, module, module && module.exports, requireHere, file, path.dirname(file));
  const asModule = () => {
    const module = {exports: {}};
    const variable = evaluate(module);
    const exported = module.exports;
    if (typeof exported === 'function') return exported;
    if (Object.keys(exported).length > 0) return exported[name] !== undefined ? exported[name] : exported;
    return variable !== undefined ? variable : globalThis[name];
  };
  // A page has no modules; some copies have lines of their own at the end that count on that.
  const asScript = () => {
    const variable = evaluate(undefined);
    return variable !== undefined ? variable : globalThis[name];
  };
  let first;
  for (const attempt of [asModule, asScript]) {
    try {
      const found = attempt();
      if (found !== undefined) return found;
      first = first || new Error(`${name} is not to be found in it`);
    } catch (error) {
      first = first || error;
    }
  }
  return end('cannot-load', 96, `${path.basename(file)}: ${first && first.message}`);
};

process.on('uncaughtException', (error) => end('broken', 97, `uncaught: ${error && error.stack}`));
)module";
}

}  // namespace stowaway::testcase
