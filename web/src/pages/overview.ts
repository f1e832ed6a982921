// The ledger at a glance.
import {get, type Overview, type Severity} from '../api';
import {el, share_wide} from '../dom';
import {bar, component_link, event_list, fact, facts, is_open_state, nothing, section, severity, subject_link, table} from '../parts';
import {count, counted, is_within_days, visible, when} from '../text';

const AT_ONCE = 7;
const LEVELS: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'none', 'unknown'];

function risks(all: Overview): HTMLElement {
  const rows = LEVELS.map((level) => {
    const of_level = all.findings.filter((one) => one.severity === level);
    const sum = (wanted: (state: string) => boolean): number => of_level.filter((one) => wanted(one.state)).reduce((n, one) => n + one.findings, 0);
    return {level, affected: sum((state) => state === 'affected'), unclear: sum((state) => state === 'unknown'),
      settled: sum((state) => !is_open_state(state))};
  }).filter((row) => row.affected + row.unclear + row.settled > 0);
  if (rows.length === 0)
    return section('Open risks', nothing('No audit of a tracked subject is on record. “stowaway audit --all --note” makes them, and what is new is told.'));
  const open = rows.reduce((n, row) => n + row.affected + row.unclear, 0);
  const strip = el('div', {class: 'strip', 'aria-hidden': 'true'}, rows.map((row) =>
    share_wide(el('span', {class: `severity-${row.level}`}), open === 0 ? 0 : (row.affected + row.unclear) / open)));
  return section('Open risks', strip, table('Findings by severity', rows, [
    {title: 'Severity', cell: (row) => severity(row.level)},
    {title: 'Affected', kind: 'number', cell: (row) => count(row.affected)},
    {title: 'Unclear', kind: 'number', cell: (row) => count(row.unclear)},
    {title: 'Settled', kind: 'number', cell: (row) => count(row.settled)},
  ]));
}

function popular(all: Overview): HTMLElement {
  const most = Math.max(1, ...all.popular.map((one) => one.subjects));
  return section('Most embedded components', all.popular.length === 0 ? nothing('No subject embeds anything yet.') :
    table('Most embedded components', all.popular, [
      {title: 'Component', cell: (one) => component_link(one.component)},
      {title: 'Subjects', kind: 'bar-cell', cell: (one) => bar(one.subjects, most, count(one.subjects))},
      {title: 'Copies', kind: 'number', cell: (one) => count(one.copies)},
    ]));
}

function changes(all: Overview): HTMLElement {
  const events = all.events.filter((event) => is_within_days(event.time, 7));
  if (events.length === 0) return section('What changed this week', nothing('No finding came, went or changed in the last seven days.'));
  const rest = events.slice(AT_ONCE);
  return section('What changed this week', event_list(events.slice(0, AT_ONCE)),
      rest.length > 0 && el('details', {}, el('summary', {}, counted(rest.length, 'earlier change')), event_list(rest)));
}

function latest(all: Overview): HTMLElement {
  return section('Last tracked', all.latest.length === 0 ? nothing('Nothing is tracked yet: “stowaway track add NAME --version VERSION TREE”.') :
    table('Last tracked', all.latest.slice(0, 10), [
      {title: 'Subject', cell: (one) => subject_link(one.subject, one.version)},
      {title: 'Version', cell: (one) => visible(one.version)},
      {title: 'Copies', kind: 'number', cell: (one) => count(one.copies)},
      {title: 'When', cell: (one) => [when(one.tracked_at), one.partial && ' (in part)']},
    ]));
}

export async function overview(): Promise<readonly Node[]> {
  const all = await get<Overview>('/v1/overview');
  document.title = 'Overview – Stowaway';
  const open = all.findings.filter((one) => is_open_state(one.state)).reduce((n, one) => n + one.findings, 0);
  return [
    el('h1', {}, 'Overview'),
    facts(fact('Subjects', count(all.subjects)), fact('Copies in them', count(all.copies)), fact('Components', count(all.components)),
        fact('Open risks', count(open), open > 0 ? 'alarming' : ''), fact('Tracked this week', count(all.tracked_this_week)),
        fact('Not tracked: failures', count(all.failures))),
    el('div', {class: 'columns'}, el('div', {}, risks(all), popular(all)), el('div', {}, changes(all), latest(all))),
  ];
}
