// A server over a made ledger, and a real browser. What cannot be had here ends with status 77: skipped, with the reason.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import assert from 'node:assert/strict';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const [PROGRAM, TOOLS, SCREENSHOTS] = process.argv.slice(2, 5);

// For what takes a moment: the machine may be busy, the program slowed down by sanitizers.
const MOST_WAITING_MS = 60_000;

export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

export function on_path(...names) {
  for (const name of names)
    for (const directory of (process.env.PATH ?? '').split(delimiter))
      if (existsSync(join(directory, name))) return join(directory, name);
  return undefined;
}

if (!existsSync(join(TOOLS, 'installed'))) skip('npm could not install what builds and tests the pages');
const require = createRequire(join(TOOLS, 'package.json'));
const BROWSER = on_path('chromium', 'chromium-browser', 'google-chrome') ?? skip('there is no chromium');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const {chromium} = require('playwright-core');
mkdirSync(SCREENSHOTS, {recursive: true});

export function run(command, words, options) {
  const done = spawnSync(command, words, {encoding: 'utf8', ...options});
  assert.equal(done.status, 0, `${command} ${words.join(' ')}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}

export class Server {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'stowaway-web-'));
    this.environment = {...process.env, HOME: this.folder, XDG_CACHE_HOME: join(this.folder, 'cache'),
      PATH: `${dirname(PROGRAM)}${delimiter}${process.env.PATH}`, STOWAWAY_LEDGER: join(this.folder, 'ledger.db')};
  }
  make() {
    run('sh', ['-eu', join(HERE, 'fixture.sh'), dirname(HERE)], {cwd: this.folder, env: this.environment});
  }
  async start(...options) {
    const port = join(this.folder, 'port');
    rmSync(port, {force: true});
    this.said = '';
    this.process = spawn(PROGRAM, ['--kb', 'demo.kb', '--quiet', 'serve', '--listen', '127.0.0.1:0', '--port-file', 'port',
      '--advisories', 'advisories.db', ...options], {cwd: this.folder, env: this.environment, stdio: ['ignore', 'ignore', 'pipe']});
    this.process.stderr.on('data', (bytes) => { this.said += bytes; });
    for (let tries = 0; !existsSync(port) || readFileSync(port, 'utf8').trim() === ''; ++tries) {
      assert.ok(this.process.exitCode === null && tries < 1200, `the server does not start: ${this.said}`);
      await new Promise((done) => setTimeout(done, 50));
    }
    this.url = `http://127.0.0.1:${readFileSync(port, 'utf8').trim()}`;
    if ((await fetch(this.url)).status === 404) {
      await this.stop();
      skip('the program was built without pages');
    }
  }
  token(name) {
    return readFileSync(join(this.folder, `${name}.token`), 'utf8').trim();
  }
  async stop() {
    const ended = new Promise((done) => this.process.on('exit', done));
    this.process.kill('SIGTERM');
    const status = await ended;
    rmSync(this.folder, {recursive: true, force: true});
    assert.equal(status, 0, this.said);
    assert.doesNotMatch(this.said, /ERROR: |runtime error/);
  }
}

// Pages that are watched: no request beyond the origin, no message in the console, nothing that the policy had to refuse, no dialog.
export class Browser {
  static async start(url) {
    const self = new Browser();
    self.url = url;
    self.browser = await chromium.launch({executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu']});
    return self;
  }
  async page(options = {}, expected = () => false) {
    const context = await this.browser.newContext({viewport: {width: 1280, height: 900}, reducedMotion: 'reduce', ...options});
    context.setDefaultTimeout(MOST_WAITING_MS);
    const page = await context.newPage();
    page.complaints = [];
    page.refused = [];  // what a test expects to go wrong
    const complain = (what) => { (expected(what) ? page.refused : page.complaints).push(what); };
    await context.route('**/*', (route) => {
      const to = route.request().url();
      if (new URL(to).origin === this.url) return route.continue();
      complain(`a request to ${to}`);
      return route.abort();
    });
    page.on('console', (message) => complain(`console: ${message.text()} ${message.location().url ?? ''}`));
    page.on('pageerror', (error) => complain(`error: ${error.stack ?? error}`));
    page.on('dialog', (dialog) => { complain(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    return page;
  }
  stop() {
    return this.browser.close();
  }
}

export async function settled(page) {
  await page.waitForSelector('main:not([aria-busy]) h1');
  await page.waitForFunction(() => !document.querySelector('[aria-busy]'));
}

// Violations of level A and AA, each with where and why.
export async function violations(page) {
  await page.evaluate(AXE);  // through the debugger: the policy refuses it from within
  const {violations: found} = await page.evaluate(() => globalThis.axe.run(document,
    {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}}));
  return found.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

export const screenshot = (page, name) => page.screenshot({path: join(SCREENSHOTS, `${name}.png`), fullPage: true});
