// A component: who embeds which version, and how far behind that is.
import {get, part, type AdvisoryBrief, type Component, type Embedder, type Release, type Spread} from '../api';
import {el} from '../dom';
import {histogram, type Bar} from '../histogram';
import {advisory_link, bar, component_link, cut_table, fact, facts, heading, later, long_table, nothing, severity, subject_link, verdict, version_text,
  chip} from '../parts';
import {count, counted, day_of, day_text, path, percent, span_text, visible} from '../text';

const PAGE = 100;

interface Row {versions: readonly string[]; release: Release | undefined; behind: number | undefined; subjects: number; copies: number}

const looks_final = (version: string): boolean => !/(alpha|beta|rc|pre|dev|snapshot|test)/i.test(version);

function latest_of(releases: readonly Release[]): Release | undefined {
  return [...releases].reverse().find((release) => looks_final(release.version)) ?? releases[releases.length - 1];
}

function rows_of(spread: readonly Spread[], releases: readonly Release[], latest: Release | undefined): Row[] {
  const place = new Map(releases.map((release, index) => [release.version, index]));
  const last = latest ? place.get(latest.version)! : -1;
  return spread.map((one) => {
    const at = one.versions.length > 0 ? place.get(one.versions[one.versions.length - 1]!) : undefined;
    return {versions: one.versions, release: at === undefined ? undefined : releases[at],
      behind: at === undefined || last < 0 ? undefined : Math.max(0, last - at), subjects: one.subjects, copies: one.copies};
  }).sort((a, b) => (a.behind ?? Infinity) - (b.behind ?? Infinity) || b.subjects - a.subjects || (a.versions[0] ?? '').localeCompare(b.versions[0] ?? ''));
}

function bars_of(rows: readonly Row[], releases: readonly Release[]): Bar[] {
  const subjects = new Map<string, number>();
  for (const row of rows) {
    const newest = row.versions[row.versions.length - 1];
    if (newest !== undefined) subjects.set(newest, (subjects.get(newest) ?? 0) + row.subjects);
  }
  if (releases.length > 0) return releases.map(({version, date}) => ({version, date, subjects: subjects.get(version) ?? 0}));
  return [...subjects].sort(([a], [b]) => a.localeCompare(b, 'en', {numeric: true})).map(([version, n]) => ({version, date: 0, subjects: n}));
}

// The middle one of all copies.
function median_row(rows: readonly Row[]): Row | undefined {
  const known = rows.filter((row) => row.behind !== undefined);
  const half = known.reduce((n, row) => n + row.copies, 0) / 2;
  let passed = 0;
  return known.find((row) => (passed += row.copies) >= half);
}

function age(row: Row, latest: Release | undefined): string {
  const from = row.release && day_of(row.release.date), to = latest && day_of(latest.date);
  if (row.behind === undefined) return 'unknown';
  if (row.behind === 0) return 'up to date';
  return counted(row.behind, 'release') + (from && to && to > from ? `, ${span_text(from, to)}` : '');
}

function spread_content(name: string, rows: readonly Row[], releases: readonly Release[], latest: Release | undefined): Node[] {
  if (rows.length === 0) return [nothing('No tracked subject embeds it.')];
  const copies = rows.reduce((n, row) => n + row.copies, 0);
  const current = rows.filter((row) => row.behind === 0).reduce((n, row) => n + row.copies, 0);
  const middle = median_row(rows), most = Math.max(...rows.map((row) => row.subjects));
  const said = latest && middle
    ? `${count(current)} of ${counted(copies, 'copy', 'copies')} may be of the latest release, ${visible(latest.version)}. Half of the copies are at least this far behind: ${age(middle, latest)}.`
    : `${counted(copies, 'copy', 'copies')}. The knowledge base cannot say how far behind they are.`;
  return [el('p', {}, said), histogram(`Subjects that embed ${visible(name)}, by version. ${said}`, bars_of(rows, releases), latest?.version ?? ''),
    cut_table('Versions that are embedded', rows, 25, [
      {title: 'Version', cell: (row) => version_text(row.versions)},
      {title: 'Released', cell: (row) => row.release ? day_text(row.release.date) : ''},
      {title: 'Behind', cell: (row) => age(row, latest)},
      {title: 'Subjects', kind: 'bar-cell', cell: (row) => bar(row.subjects, most, count(row.subjects))},
      {title: 'Copies', kind: 'number', cell: (row) => count(row.copies)},
    ])];
}

function embedders(name: string): Promise<Node> {
  const ask = (after: number) => part<{embedders: Embedder[]}>('/v1/who-embeds', {q: name, limit: PAGE, after})
    .then(({answer, total}) => ({answer: answer.embedders, total}));
  return ask(0).then(({answer, total}) => answer.length === 0 ? nothing('Nobody, as far as is tracked.') :
    long_table('Who embeds it', answer, total, [
      {title: 'Subject', cell: (one) => [subject_link(one.subject), ' ', el('span', {class: 'muted'}, visible(one.version))]},
      {title: 'Where', cell: (one) => path(one.path)},
      {title: 'Version', cell: (one) => version_text(one.versions)},
      {title: 'Verdict', cell: (one) => one.verdict ? verdict(one.verdict) : chip(visible(one.evidence), 'plain')},
      {title: 'Changed', kind: 'number', cell: (one) => one.modified_ratio === undefined ? '' : percent(one.modified_ratio)},
    ], ask));
}

async function advisories(name: string): Promise<Node> {
  const ask = (after: number) => part<{advisories: AdvisoryBrief[]}>('/v1/advisories', {component: name, limit: PAGE, after})
    .then(({answer, total}) => ({answer: answer.advisories, total}));
  const {answer, total} = await ask(0);
  return answer.length === 0 ? nothing('None is known.') : long_table('Advisories', answer, total, [
    {title: 'Advisory', cell: (one) => advisory_link(one.id)},
    {title: 'Severity', cell: (one) => [severity(one.severity), one.withdrawn && ' withdrawn']},
    {title: 'What', kind: 'wide', cell: (one) => visible(one.summary)},
    {title: 'Modified', cell: (one) => visible(one.modified.slice(0, 10))},
  ], ask);
}

export async function component(query: URLSearchParams): Promise<readonly Node[]> {
  const name = query.get('name') ?? '';
  const found = await get<Component>('/v1/component', {name});
  const known = found.known.find((one) => one.name === name) ?? found.known[0];
  const releases = known?.releases ?? [], latest = latest_of(releases);
  const others = found.meant.filter((one) => one !== known?.name && one !== name);
  return [
    heading('Component', known?.name ?? name, others.length > 0 && el('p', {class: 'muted'}, 'Counted together with ',
        others.slice(0, 10).flatMap((one, index) => [index > 0 ? ', ' : '', component_link(one)]))),
    known ? facts(fact('Latest release', latest ? `${visible(latest.version)}${latest.date ? `, ${day_text(latest.date)}` : ''}` : 'unknown'),
                fact('Releases known', count(releases.length)), fact('Licence', visible(known.licence) || 'unknown'),
                fact('Package URL', visible(known.purl) || 'none'))
          : el('p', {class: 'muted'}, 'The knowledge base of this server does not know it.'),
    later('Versions that are embedded', get<{spread: Spread[]}>('/v1/spread', {component: name})
        .then(({spread}) => spread_content(name, rows_of(spread, releases, latest), releases, latest))),
    later('Advisories', advisories(known?.name ?? name)),
    later('Who embeds it', embedders(name)),
  ];
}
