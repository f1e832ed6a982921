// usage: node build.mjs [WEB [TO]]: from the sources in WEB/src, here without it, to TO, dist/ without it.
// One script, one style sheet, what is copied as it is: plain files of plain names. The program carries them by name, and a
// browser asks whether they have changed.
import {copyFileSync, mkdirSync} from 'node:fs';
import {build} from 'esbuild';

const [web = '.', to = 'dist'] = process.argv.slice(2);
mkdirSync(to, {recursive: true});
await build({
  entryPoints: {app: `${web}/src/main.ts`, style: `${web}/src/style.css`},
  outdir: to, bundle: true, minify: true, format: 'esm', target: ['chrome111', 'firefox113', 'safari16.4'],
  charset: 'utf8', legalComments: 'none', logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) copyFileSync(`${web}/src/${name}`, `${to}/${name}`);
