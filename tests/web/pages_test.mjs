// Every page in a real browser, over a ledger with names that mean harm.
// usage: node pages_test.mjs STOWAWAY TOOLS SCREENSHOTS    TOOLS: where npm put the browser's driver; status 77: cannot be done here
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {Browser, screenshot, Server, settled, violations} from './support.mjs';

const TAG = '"><script>alert(1)</script>';
const TURNED = 'שלום <i>&amp;</i>';
const HOSTILE_PATH = '"><img src=x onerror=alert(1)>/safe<U+202E>exe.<U+200B>txt';

const server = new Server();
server.make();
await server.start();
const browser = await Browser.start(server.url);
after(async () => {
  await browser.stop();
  await server.stop();
});

const at = (path, query = {}) => `${server.url}${path}?${new URLSearchParams(query)}`;
const text = (page, selector = 'main') => page.locator(selector).first().innerText();
const section = (page, title) => page.locator('section.card', {has: page.getByRole('heading', {name: title, exact: true})});

const PAGES = {
  overview: at('/'), component: at('/component', {name: 'libdemo'}), subject: at('/subject', {name: 'app'}), hostile: at('/subject', {name: TAG}),
  advisory: at('/advisory', {id: 'CVE-2020-1'}), search: at('/search', {q: 'demo'}), question: at('/search', {q: 'libdemo < 1.2'}), try: at('/try'),
  'sign-in': at('/sign-in'), missing: at('/subject', {name: 'no-such'}),
};

// The page, drawn; when it is closed nothing may have gone wrong in it.
async function with_page(url, check, options = {}, expected = () => false) {
  const page = await browser.page(options, expected);
  try {
    await page.goto(url);
    await settled(page);
    await check(page);
    assert.equal(await page.evaluate(() => document.title.includes('owned')), false);
    assert.deepEqual(page.complaints, []);
  } finally {
    await page.context().close();
  }
}

test('overview: numbers, risks, components and changes, with ways on', () => with_page(PAGES.overview, async (page) => {
  const facts = await text(page, '.facts');
  assert.match(facts, /Subjects\s+7/);
  assert.match(facts, /Tracked this week\s+8/);
  assert.match(await text(section(page, 'Open risks'), 'table'), /critical\s+\d/);
  assert.match(await text(section(page, 'Most embedded components'), 'table'), /libdemo\s+6/);
  assert.ok((await text(section(page, 'What changed this week'), 'ol')).includes('A <b>flaw</b> in demo <script>alert(1)</script> <U+202E>fdp.exe'));
  assert.ok((await text(section(page, 'Last tracked'), 'table')).includes(TAG));
  await section(page, 'Most embedded components').getByRole('link', {name: 'libdemo'}).click();
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get('name'), 'libdemo');
}));

test('component: versions against dates, how far behind, advisories, who embeds it', () => with_page(PAGES.component, async (page) => {
  assert.match(await text(page, '.facts'), /Latest release\s+1\.2, 2022-01-01/);
  const spread = section(page, 'Versions that are embedded');
  assert.match(await text(spread, 'table'), /1\.2\s+2022-01-01\s+up to date/);
  assert.match(await text(spread, 'table'), /1\.0\s+2020-01-01\s+2 releases, 2\.0 years/);
  assert.match(await spread.getByRole('img').getAttribute('aria-label'), /by version/);
  assert.ok(await spread.locator('rect.column').count() >= 2);
  assert.match(await text(section(page, 'Advisories'), 'table'), /CVE-2020-1\s+critical/);
  assert.ok((await text(section(page, 'Who embeds it'), 'table')).includes(HOSTILE_PATH));
}));

test('subject: a treemap with nested copies, verdicts, files that differ, risks, history', () => with_page(PAGES.subject, async (page) => {
  const tiles = page.locator('.treemap a');
  assert.equal(await tiles.count(), 3);
  const outer = page.locator('.tile.nest', {hasText: 'libouter'});
  assert.match(await outer.locator('.tiles a').getAttribute('aria-label'), /libdemo 1\.0 in vendor\/outer\/third_party\/demo: 3 files, identical/);
  const [around, inside] = [await outer.first().boundingBox(), await outer.locator('.tiles .tile').first().boundingBox()];
  assert.ok(inside.x >= around.x && inside.y >= around.y && inside.x + inside.width <= around.x + around.width + 1);
  const copies = await text(section(page, 'What it embeds'), 'table');
  assert.match(copies, /libdemo\s+1\.2\s+lib\/demo\s+modified[\s\S]*2 identical, 1 changed/);
  assert.match(copies, /within libouter/);
  assert.match(await text(section(page, 'Risks'), 'table'), /CVE-2020-1\s+critical\s+libdemo/);
  const history = await text(section(page, 'History over versions'), 'ol');
  assert.match(history, /1\.0 → 2\.0/);
  assert.match(history, /newer libdemo 1\.0 → 1\.2/);
  await page.getByRole('navigation', {name: 'Versions'}).getByRole('link', {name: '1.0'}).click();
  await settled(page);
  assert.match(await text(page, '.facts'), /Version\s+1\.0/);
}));

test('subject: names that mean harm are shown, and nothing more', () => with_page(PAGES.hostile, async (page) => {
  assert.equal(await text(page, 'h1'), TAG);
  const copies = await text(section(page, 'What it embeds'), 'table');
  assert.ok(copies.includes(HOSTILE_PATH));
  assert.ok(copies.includes('two<U+000A>lines & more'));
  assert.equal(await page.locator('main img, main script, main iframe, main b:not(.legend b)').count(), 0);
  await section(page, 'Risks').getByRole('link', {name: 'CVE-2020-1'}).first().click();
  await settled(page);
}));

test('advisory: who is hit, what is known of it, what was decided', () => with_page(PAGES.advisory, async (page) => {
  assert.equal(await text(page, '.lead'), 'A <b>flaw</b> in demo <script>alert(1)</script> <U+202E>fdp.exe');
  const hits = await text(section(page, 'Who is hit'), 'table');
  assert.ok(hits.includes(TAG) && hits.includes(TURNED));
  assert.match(hits, /affected[\s\S]*not affected/);
  assert.ok(hits.includes('accepted by <i>eve</i>: <img src=x onerror=alert(2)> it is not called (until 2099-12-31)'));
  const row = (subject, path) => page.getByRole('row').filter({hasText: subject}).filter({hasText: path});
  await row('package-3', 'third_party').getByText('patch: fixed form').waitFor();
  await row('package-3', 'third_party').getByText('test case: not vulnerable').waitFor();
  await row('package-3', 'third_party').getByText('so: not affected').waitFor();
  await row('package-1', 'third_party').getByText('not examined').waitFor();
  assert.equal(await page.getByRole('button', {name: /^Accept/}).count(), 0, 'nobody is signed in');
}));

test('signing in, accepting a risk with reason and date, revoking that, signing out: by keyboard', () => with_page(PAGES['sign-in'], async (page) => {
  await page.getByLabel('Token').fill('nonsense');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({hasText: 'does not know that token'}).waitFor();
  await page.getByLabel('Token').fill(server.token('accept'));
  await page.keyboard.press('Enter');
  await page.getByRole('button', {name: 'Sign out'}).waitFor();
  const [cookie] = await page.context().cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict' && !cookie.value.includes(server.token('accept')));

  await page.goto(PAGES.advisory);
  await settled(page);
  const name = /^Accept CVE-2020-1 in package-1, vendor\/outer/;
  await page.getByRole('button', {name}).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', {name: 'Accept CVE-2020-1 for package-1'});
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'detached'});
  await page.getByRole('button', {name}).press('Enter');
  await dialog.getByLabel('Why it is acceptable').fill('<b>not</b> reachable');
  await dialog.getByLabel('Until').fill('2098-12-31');
  await screenshot(page, 'advisory-accepting');
  await dialog.getByRole('button', {name: 'Accept the risk'}).press('Enter');
  await page.getByRole('button', {name: /^Revoke the acceptance of CVE-2020-1 in package-1, vendor\/outer/}).waitFor();
  await settled(page);
  assert.ok((await text(section(page, 'Who is hit'), 'table')).includes('accepted by ada: <b>not</b> reachable (until 2098-12-31)'));

  // Without the value that only our pages know, the cookie alone writes nothing.
  const status = await page.evaluate(async () => (await fetch('/v1/acceptances', {method: 'POST', body: JSON.stringify(
    {decision: 'accept', subject: 'app', advisory: 'CVE-2020-1', reason: 'forged'})})).status);
  assert.equal(status, 403);

  await page.getByRole('button', {name: /^Revoke the acceptance of CVE-2020-1 in package-1, vendor\/outer/}).press('Enter');
  await page.getByRole('button', {name}).waitFor();
  await page.getByRole('button', {name: 'Sign out'}).press('Enter');
  await page.getByRole('link', {name: 'Sign in', exact: true}).waitFor();
  assert.deepEqual(await page.context().cookies(), []);
}, {}, (what) => /status of 40[13]/.test(what)));

test('search: answers as it is typed, and the keyboard goes through them', () => with_page(at('/'), async (page) => {
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'find');
  await page.keyboard.type('pack');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=pack/);
  await page.getByRole('link', {name: 'package-3'}).waitFor();
  await page.keyboard.type('age-2');
  await page.getByRole('status').filter({hasText: 'Subjects: 1.'}).waitFor();
  assert.equal(await page.locator('.results a').count(), 1);
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'package-2');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.getByRole('searchbox', {name: /Find a subject/}).fill('<script>');
  await page.getByRole('link', {name: TAG}).waitFor();
  await page.getByRole('searchbox', {name: /Find a subject/}).fill('cve-2020-1');
  await page.getByRole('link', {name: 'CVE-2020-1'}).waitFor();
  await page.getByRole('searchbox', {name: /Find a subject/}).fill('libdemo < 1.2');
  await page.getByRole('region', {name: 'Who embeds it'}).last().waitFor();
  await page.getByRole('searchbox', {name: /Find a subject/}).fill('no such thing at all');
  await page.getByText('No name holds that.').waitFor();
}));

test('try it: an archive is sent, scanned and shown, and found again at its address', () => with_page(PAGES.try, async (page) => {
  await page.getByRole('button', {name: 'Scan it'}).press('Enter');
  await page.getByText('Choose an archive first.').waitFor();
  await page.getByLabel(/A source archive/).setInputFiles(join(server.folder, 'upload.tar'));
  await page.getByRole('button', {name: 'Scan it'}).press('Enter');
  await page.getByText('3 copies found in upload.tar').waitFor();
  assert.equal(await page.locator('.treemap a').count(), 3);
  assert.match(await text(section(page, 'What it embeds'), 'table'), /libouter\s+2\.0\s+\S*vendor\/outer\s+identical/);
  assert.equal(await page.getByRole('columnheader', {name: 'Open risks'}).count(), 0, 'nobody asked for advisories');
  await screenshot(page, 'try-done');
  await page.reload();
  await page.getByText('3 copies found in upload.tar').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByLabel(/A source archive/).setInputFiles({name: 'broken<b>.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\x03\x04nonsense')});
  await page.getByRole('button', {name: 'Scan it'}).press('Enter');
  await page.locator('.stage', {hasText: /broken<b>\.zip|did not work/}).waitFor();
}));

test('try it: what the server does not take is said', () => with_page(PAGES.try, async (page) => {
  await page.goto(at('/try', {id: '0'.repeat(32)}));
  await page.getByText('no such upload; results are kept for an hour').waitFor();
}, {}, (what) => /status of 404/.test(what)));

test('what is not there is said, with the way out still on the page', () => with_page(PAGES.missing, async (page) => {
  assert.match(await text(page, '[role=alert]'), /no-such/);
  assert.ok(await page.getByRole('link', {name: 'Overview'}).isVisible());
}, {}, (what) => /status of 404/.test(what)));

test('keyboard: the first stop skips to the content, every stop can be seen', () => with_page(PAGES.subject, async (page) => {
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  const stops = new Set();
  for (let i = 0; i < 25; ++i) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
      return {name: one.getAttribute('aria-label') ?? one.textContent, seen: box.width > 0 && box.height > 0, outline: style.outlineStyle !== 'none', body: one === document.body};
    });
    if (stop.body) break;
    stops.add(stop.name);
    assert.ok(stop.seen && stop.outline, `${stop.name} cannot be seen when it has the focus`);
  }
  assert.ok([...stops].some((name) => name.startsWith('libouter 2.1 in vendor/outer')), 'tiles can be reached');
  await page.locator('.treemap a').first().press('Enter');
  assert.match(new URL(page.url()).hash, /^#copy-\d+$/);
}));

test('no other origin is let in, and no script of the page’s text', () => with_page(PAGES.overview, async (page) => {
  const policy = (await page.request.get(server.url)).headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  const refused = await page.evaluate(() => {
    const outcome = [];
    try { document.body.innerHTML = '<p>x</p>'; } catch { outcome.push('markup'); }
    try { document.createElement('script').text = '1'; } catch { outcome.push('script'); }
    const styled = document.createElement('p');
    styled.setAttribute('style', 'position: fixed');
    document.body.append(styled);
    if (getComputedStyle(styled).position !== 'fixed') outcome.push('style');
    return outcome;
  });
  assert.deepEqual(refused, ['markup', 'script', 'style']);
  const elsewhere = await page.evaluate(() => fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'refused'));
  assert.equal(elsewhere, 'refused');
  assert.ok(page.refused.some((what) => /^console: Connecting to .* violates/.test(what)), page.refused.join());
}, {}, (what) => /Trusted|inline style|Content Security Policy|policy: /i.test(what)));

test('the checks find what they look for', () => with_page(PAGES.overview, async (page) => {
  await page.evaluate(() => {
    const picture = document.createElement('input');
    picture.className = 'muted';
    document.querySelector('main').append(picture);
  });
  assert.match((await violations(page)).join(), /label/);
  const policed = await page.evaluate(() => { console.error('seen'); return true; });
  assert.ok(policed && page.refused.some((what) => what.startsWith('console: seen')));
}, {}, (what) => what.startsWith('console: seen')));

const LOOKS = {
  light: {colorScheme: 'light'}, dark: {colorScheme: 'dark'},
  phone: {viewport: {width: 360, height: 740}, deviceScaleFactor: 2, isMobile: true, hasTouch: true},
};
for (const [look, options] of Object.entries(LOOKS))
  for (const [name, url] of Object.entries(PAGES))
    test(`${name}, ${look}: no violation of WCAG level A or AA, nothing wider than the screen`, () => with_page(url, async (page) => {
      if (name === 'search' || name === 'question') await page.locator('.results .card').first().waitFor();
      await screenshot(page, `${name}-${look}`);
      assert.deepEqual(await violations(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), 'the page scrolls sideways');
      assert.equal(await page.locator('h1').count(), 1);
      assert.notEqual(await page.title(), '');
    }, options, (what) => name === 'missing' && /status of 404/.test(what)));
