// What needs no browser: the layout of the treemap, how things are written.
// usage: node parts_test.mjs WEB TOOLS    status 77: cannot be done here
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {test} from 'node:test';

const [WEB, TOOLS] = process.argv.slice(2);
if (!existsSync(join(TOOLS, 'installed'))) {
  console.log('skipped: npm could not install what builds and tests the pages');
  process.exit(77);
}
const {buildSync} = createRequire(join(TOOLS, 'package.json'))('esbuild');
async function load(name) {
  const {outputFiles: [{text}]} = buildSync({entryPoints: [join(WEB, 'src', name)], bundle: true, format: 'esm', write: false, charset: 'utf8'});
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}
const {treemap} = await load('treemap.ts');
const {visible, versions, span_text, day_of, percent, bytes} = await load('text.ts');
const {at, refusal} = await load('api.ts');

test('a treemap: areas as the weights, within the whole, none over another', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; ++round) {
    const weights = Array.from({length: 1 + Math.floor(random() * 40)}, () => 1 + random() ** 4 * 1000);
    const total = weights.reduce((a, b) => a + b);
    const boxes = treemap(weights, 0.2 + random() * 4);
    const edge = 1e-9;
    boxes.forEach((one, index) => {
      assert.ok(Math.abs(one.width * one.height - weights[index] / total) < 1e-6);
      assert.ok(one.left >= -edge && one.top >= -edge && one.left + one.width <= 1 + 1e-6 && one.top + one.height <= 1 + 1e-6);
      for (const other of boxes.slice(0, index)) {
        const across = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
        const down = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
        assert.ok(across < 1e-6 || down < 1e-6, 'two boxes overlap');
      }
    });
  }
  assert.deepEqual(treemap([], 2), []);
});

test('what turns, hides or fakes text is written as its number', () => {
  assert.equal(visible('a\u202eb\u200bc\n\u0000\u2066\ufeff\u{e0041}'), 'a<U+202E>b<U+200B>c<U+000A><U+0000><U+2066><U+FEFF><U+E0041>');
  assert.equal(visible('zlib שלום 日本 é <b>'), 'zlib שלום 日本 é <b>');
});

test('versions, times and sizes as people write them', () => {
  assert.equal(versions([]), 'version unknown');
  assert.equal(versions(['1.2', '1.3', '1.4']), '1.2 … 1.4');
  assert.equal(day_of(0), undefined);
  assert.equal(day_of(20220327).toISOString(), '2022-03-27T00:00:00.000Z');
  assert.equal(span_text(day_of(20220327), day_of(20240122)), '22 months');
  assert.equal(span_text(day_of(20200101), day_of(20240101)), '4.0 years');
  assert.equal(span_text(day_of(20240101), day_of(20240102)), '1 day');
  assert.equal(percent(1), '100 %');
  assert.equal(percent(0.9994), '99.9 %');
  assert.equal(bytes(30_700_000), '30.7 MB');
});

test('addresses and refusals', () => {
  assert.equal(at('/subject', {name: 'a&b=c#d"><i>', version: undefined}), '/subject?name=a%26b%3Dc%23d%22%3E%3Ci%3E');
  assert.equal(refusal(404, '{"error":{"status":404,"message":"no such"}}').message, 'no such');
  assert.equal(refusal(502, '<html>').message, 'the server answered 502');
});
