// Overview, Search and a component of a ledger of 35,000 subjects: what is transferred, and that it can be used.
// usage: node large_test.mjs STOWAWAY TOOLS SCREENSHOTS FILL [COPIES]    FILL makes the ledger (bench/ledger/fill.cpp)
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {Browser, run, screenshot, Server, settled, violations} from './support.mjs';

const [FILL, COPIES = '70000'] = process.argv.slice(5);
const SUBJECTS = 35_000, MOST_BYTES = 300_000;

const server = new Server();
server.make();
server.environment.STOWAWAY_LEDGER = join(server.folder, 'large.db');
run(FILL, [server.environment.STOWAWAY_LEDGER, String(SUBJECTS), COPIES]);
await server.start();
const browser = await Browser.start(server.url);
after(async () => {
  await browser.stop();
  await server.stop();
});

// What came over the wire, headers and all, as the browser counted it.
async function transferred(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const counted = {bytes: 0, requests: 0};
  session.on('Network.loadingFinished', ({encodedDataLength}) => {
    counted.bytes += encodedDataLength;
    ++counted.requests;
  });
  return counted;
}

const PAGES = {
  overview: ['/', 'Subjects'],
  component: ['/component?name=libmemcached', 'libmemcached'],
  subject: ['/subject?name=debian:package-7', 'debian:package-7'],
};

for (const [name, [path, expected]] of Object.entries(PAGES))
  test(`${name} of ${SUBJECTS} subjects: under ${MOST_BYTES / 1000} kB until it can be used`, async () => {
    const page = await browser.page();
    const sum = await transferred(page);
    const began = performance.now();
    await page.goto(server.url + path);
    await settled(page);
    const seconds = (performance.now() - began) / 1000;
    assert.ok((await page.locator('main').innerText()).includes(expected));
    if (name === 'overview') assert.ok((await page.locator('.facts').innerText()).includes('35,000'));
    // It answers: the search field takes the focus and a link leads on.
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'find');
    console.log(`# ${name}: ${(sum.bytes / 1000).toFixed(1)} kB in ${sum.requests} requests, ${seconds.toFixed(2)} s`);
    assert.ok(sum.requests >= 4 && sum.bytes > 20_000, 'that is not all of it');
    assert.ok(sum.bytes < MOST_BYTES, `${sum.bytes} bytes`);
    await screenshot(page, `large-${name}`);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

test('search among them answers as it is typed', async () => {
  const page = await browser.page();
  await page.goto(server.url + '/search');
  await settled(page);
  await page.keyboard.type('package-3499');
  await page.getByRole('link', {name: 'debian:package-34999'}).waitFor();
  assert.equal(await page.locator('.results a').count(), 11);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a long list comes in parts', async () => {
  const page = await browser.page();
  await page.goto(server.url + '/component?name=libmemcached');
  await settled(page);
  const rows = page.getByRole('region', {name: 'Who embeds it', exact: true}).last().locator('tbody tr');
  assert.equal(await rows.count(), 100);
  await page.getByRole('button', {name: 'Show more'}).last().press('Enter');
  await page.getByText(/^200 of [\d,]+ shown$/).waitFor();
  assert.equal(await rows.count(), 200);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
