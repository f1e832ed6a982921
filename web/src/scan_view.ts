// What a scan found, as the pages of a subject and of an upload show it.
import type {Copy, Counts, Scan} from './api';
import {el, share_wide} from './dom';
import {component_link, section, table, verdict, version_text} from './parts';
import {count, counted, foreign, path, percent, visible} from './text';

const RELATIONS: readonly (readonly [keyof Counts, string])[] = [
  ['identical', 'identical'], ['reformatted', 'reformatted'], ['other_release', 'of another release'], ['changed', 'changed'], ['added', 'added'],
  ['missing', 'left out'],
];

// "30 identical, 2 changed": and a strip of the same.
function files(counts: Counts): HTMLElement {
  const there = RELATIONS.filter(([name]) => counts[name] > 0);
  const all = there.reduce((sum, [name]) => sum + counts[name], 0);
  return el('div', {class: 'files'},
      el('div', {class: 'strip thin', 'aria-hidden': 'true'}, there.map(([name]) => share_wide(el('span', {class: `files-${name}`}), counts[name] / all))),
      there.map(([name, text]) => `${count(counts[name])} ${text}`).join(', '));
}

function row_id(row: HTMLElement, index: number): void {
  row.id = `copy-${index}`;
  row.tabIndex = -1;
}

// `risks`: open findings of the copy of that number; undefined where nobody asked for advisories.
export function copies_table(copies: readonly Copy[], risks: ReadonlyMap<number, number> | undefined): HTMLElement {
  const made = table('Copies', copies, [
    {title: 'Component', cell: (copy) => [component_link(copy.component), copy.alternatives.length > 0 && el('div', {class: 'muted'}, 'or ', copy.alternatives.map(visible).join(', '))]},
    {title: 'Version', cell: (copy) => [version_text(copy.versions), copy.version_note !== '' && el('div', {class: 'muted note'}, visible(copy.version_note))]},
    {title: 'Where', cell: (copy) => [path(copy.path), copy.nested_in !== null && el('div', {class: 'muted'}, 'within ', foreign(copies[copy.nested_in]?.component ?? ''))]},
    {title: 'Verdict', cell: (copy) => verdict(copy.verdict)},
    {title: 'Unchanged', kind: 'number', cell: (copy) => percent(copy.unchanged_ratio)},
    {title: 'Files that differ', cell: (copy) => files(copy.counts)},
    ...(risks ? [{title: 'Open risks', kind: 'number', cell: (_: Copy, index: number) => count(risks.get(index) ?? 0)}] : []),
  ]);
  made.querySelectorAll<HTMLElement>('tbody tr').forEach(row_id);
  return made;
}

export function only_declared(scan: Scan): HTMLElement[] {
  if (scan.declared_only.length === 0) return [];
  return [section('Declared, but not known here', table('Declared components', scan.declared_only, [
    {title: 'Name', cell: (one) => foreign(one.name)},
    {title: 'Version', cell: (one) => visible(one.version)},
    {title: 'Where', cell: (one) => path(one.path)},
    {title: 'Who says so', cell: (one) => foreign(one.declared_in || one.known_from)},
  ]))];
}

export function gaps(scan: Scan): HTMLElement[] {
  if (scan.gaps.length === 0) return [];
  const shown = scan.gaps.slice(0, 200);
  return [section('Not looked at', el('p', {class: 'muted'}, counted(scan.summary.gaps, 'place'), shown.length < scan.summary.gaps && `, the first ${shown.length} of them:`),
      table('Not looked at', shown, [
        {title: 'Where', cell: (one) => path(one.path)},
        {title: 'Why', cell: (one) => visible(one.reason).replace(/_/g, ' ')},
        {title: 'Details', cell: (one) => visible(one.detail)},
      ]))];
}
