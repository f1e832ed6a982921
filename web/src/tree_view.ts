// The treemap of a subject: its copies, those within them, and everything else.
import type {Copy} from './api';
import {el, place} from './dom';
import {VERDICTS} from './parts';
import {count, counted, visible, versions} from './text';
import {treemap} from './treemap';

// More would be specks; the table below has them all.
const MOST_TILES = 250;
const HEIGHT_SHARE = 0.42;  // of the width, on a desk; style.css has the heights

export const files_in = (copy: Copy): number =>
  copy.counts.identical + copy.counts.reformatted + copy.counts.other_release + copy.counts.changed + copy.counts.added;

// So that a copy of 20 files is seen in a tree of 20,000.
const weight = (files: number): number => Math.sqrt(Math.max(1, files));

interface Node {copy: Copy; index: number; inside: Node[]}

function nodes_of(copies: readonly Copy[]): Node[] {
  const all = copies.map((copy, index): Node => ({copy, index, inside: []}));
  const top: Node[] = [];
  for (const node of all.slice(0, MOST_TILES)) {
    const within = node.copy.nested_in;
    (within !== null && within !== node.index ? all[within]?.inside ?? top : top).push(node);
  }
  return top;
}

function tiles(nodes: readonly Node[], rest_files: number, rest_label: string, aspect: number, risks: ReadonlyMap<number, number> | undefined): HTMLElement {
  const weights = nodes.map((node) => weight(files_in(node.copy)));
  const with_rest = rest_files > 0;
  if (with_rest) weights.push(Math.min(weight(rest_files), weights.reduce((a, b) => a + b, 0) || 1));
  const boxes = treemap(weights, aspect);
  const list = el('ul', {class: 'tiles'});
  nodes.forEach((node, index) => {
    const {copy} = node, open = risks?.get(node.index) ?? 0, box = boxes[index]!;
    const name = visible(copy.component), version = versions(copy.versions);
    const link = el('a', {href: `#copy-${node.index}`, title: `${name} ${version}\n${visible(copy.path)}\n${counted(files_in(copy), 'file')}, ${copy.verdict}`,
        'aria-label': `${name} ${version} in ${visible(copy.path)}: ${counted(files_in(copy), 'file')}, ${copy.verdict}` + (open ? `, ${counted(open, 'open risk')}` : '')},
        el('bdi', {class: 'tile-name'}, name), ' ', el('span', {class: 'tile-version'}, version),
        open > 0 && el('span', {class: 'tile-risks'}, count(open)));
    const tile = el('li', {class: `tile verdict-${copy.verdict}`}, link);
    if (node.inside.length > 0) {
      const inner = files_in(copy) - node.inside.reduce((sum, one) => sum + files_in(one.copy), 0);
      tile.classList.add('nest');
      tile.append(tiles(node.inside, Math.max(1, inner), `the rest of ${name}`, (aspect * box.width) / box.height || 1, risks));
    }
    place(tile, box);
    list.append(tile);
  });
  if (with_rest) {
    const tile = el('li', {class: 'tile rest'}, el('span', {class: 'tile-name'}, rest_label));
    place(tile, boxes[nodes.length]!);
    list.append(tile);
  }
  return list;
}

// `risks`: as in scan_view.ts.
export function tree_view(copies: readonly Copy[], files: number, risks: ReadonlyMap<number, number> | undefined): HTMLElement {
  const top = nodes_of(copies);
  const embedded = top.reduce((sum, node) => sum + files_in(node.copy), 0);
  const rest = Math.max(0, files - embedded);
  const phone = window.matchMedia('(max-width: 40rem)').matches;
  const left_out = copies.length - Math.min(copies.length, MOST_TILES);
  return el('figure', {class: 'treemap'},
      el('div', {class: 'canvas'}, tiles(top, rest, `everything else: ${counted(rest, 'file')}`, phone ? 0.8 : 1 / HEIGHT_SHARE, risks)),
      el('figcaption', {},
          el('ul', {class: 'legend'}, (['identical', 'subset', 'modified', 'fragment'] as const).map((one) =>
              el('li', {}, el('span', {class: `swatch verdict-${one}`, 'aria-hidden': 'true'}), el('b', {}, one), ` ${VERDICTS[one]}`))),
          el('p', {class: 'muted'}, 'Areas grow with the square root of the number of files. Each copy leads to its row below.',
              left_out > 0 && ` ${counted(left_out, 'more copy', 'more copies')} below only.`)));
}
