// Pieces that several pages share.
import {at, Refused, type Acceptance, type Event, type Part, type Severity, type Verdict} from './api';
import {button, el, share_wide, type Child} from './dom';
import {count, foreign, path, versions, visible, when} from './text';

export const subject_link = (name: string, version = ''): HTMLElement =>
  el('a', {href: at('/subject', {name, version})}, foreign(name));
export const component_link = (name: string): HTMLElement => el('a', {href: at('/component', {name})}, foreign(name));
export const advisory_link = (id: string): HTMLElement => el('a', {href: at('/advisory', {id})}, foreign(id));

export const chip = (label: string, kind: string, title = ''): HTMLElement =>
  el('span', {class: `chip ${kind}`, title: title || undefined}, label);
export const severity = (level: Severity): HTMLElement => chip(level === 'unknown' ? 'unrated' : level, `severity-${level}`);
export const verdict = (found: Verdict): HTMLElement => chip(found, `verdict-${found}`, VERDICTS[found]);

export const VERDICTS: Record<Verdict, string> = {
  identical: 'every file is as in the release',
  subset: 'some files are left out, none is changed',
  modified: 'files were changed or added',
  fragment: 'a small part of the component',
};

const STATES: Record<string, string> = {
  affected: 'affected', unknown: 'unclear', not_affected: 'not affected', 'not affected': 'not affected', accepted: 'accepted',
  'stated free': 'stated free',
};
export const state_text = (state: string): string => STATES[state] ?? visible(state);
export const state = (name: string): HTMLElement => chip(state_text(name), `state-${name.replace(/[^a-z]/g, '-')}`);
export const is_open_state = (name: string): boolean => name === 'affected' || name === 'unknown';

let last_id = 0;

// A part of a page, under a heading that names it for screen readers as well.
export function section(title: string, ...content: (Child | readonly Child[])[]): HTMLElement {
  const id = `section-${++last_id}`;
  return el('section', {'aria-labelledby': id, class: 'card'}, el('h2', {id}, title), ...content);
}

export const nothing = (text: string): HTMLElement => el('p', {class: 'muted'}, text);

export interface Column<Row> {
  title: string;
  cell: (row: Row, index: number) => Child | readonly Child[];
  kind?: string;
}

// Scrolls by itself where it is too wide; reachable by keyboard then.
export function table<Row>(label: string, rows: readonly Row[], columns: readonly Column<Row>[]): HTMLElement {
  const body = el('tbody');
  const made = el('div', {class: 'scroll', role: 'region', 'aria-label': label, tabindex: 0},
      el('table', {}, el('caption', {class: 'unseen'}, label),
          el('thead', {}, el('tr', {}, columns.map((column) => el('th', {scope: 'col', class: column.kind}, column.title)))), body));
  add_rows(made, rows, columns);
  return made;
}

export function add_rows<Row>(made: HTMLElement, rows: readonly Row[], columns: readonly Column<Row>[]): void {
  const body = made.querySelector('tbody')!;
  const before = body.rows.length;
  rows.forEach((row, index) => body.append(el('tr', {}, columns.map((column, at_column) => {
    const content = column.cell(row, before + index);
    const cell = el('div', {class: 'cell'}, content);
    return at_column === 0 ? el('th', {scope: 'row', class: column.kind, 'data-title': column.title}, cell)
                           : el('td', {class: column.kind, 'data-title': column.title}, cell);
  }))));
}

// A table that fetches its next rows when asked.
export function long_table<Row>(label: string, first: readonly Row[], total: number, columns: readonly Column<Row>[],
    more: (after: number) => Promise<Part<readonly Row[]>>): HTMLElement {
  const made = table(label, first, columns);
  let shown = first.length;
  const status = el('p', {class: 'muted', role: 'status'});
  const tell = (): void => {
    status.textContent = shown < total ? `${count(shown)} of ${count(total)} shown` : '';
  };
  const press = button('Show more', () => {
    press.disabled = true;
    more(shown).then(({answer}) => {
      add_rows(made, answer, columns);
      shown += answer.length;
      press.hidden = shown >= total || answer.length === 0;
      tell();
    }, (error) => { status.textContent = problem_text(error); }).finally(() => { press.disabled = false; });
  });
  press.hidden = shown >= total;
  tell();
  return el('div', {}, made, el('div', {class: 'row'}, press, status));
}

// The same for a list that is here already, but longer than anyone reads at once.
export function cut_table<Row>(label: string, rows: readonly Row[], at_once: number, columns: readonly Column<Row>[]): HTMLElement {
  return long_table(label, rows.slice(0, at_once), rows.length, columns,
      (after) => Promise.resolve({answer: rows.slice(after, after + at_once * 4), total: rows.length}));
}

// A number with a bar as long as its share of the most; the number is what counts.
export const bar = (value: number, most: number, label: string): HTMLElement =>
  el('span', {class: 'bar'}, el('span', {class: 'bar-track', 'aria-hidden': 'true'}, share_wide(el('span', {class: 'bar-fill'}), most ? value / most : 0)),
      el('span', {class: 'number'}, label));

export const fact = (label: string, value: Child, kind = ''): HTMLElement =>
  el('div', {class: `fact ${kind}`}, el('dt', {}, label), el('dd', {}, value));
export const facts = (...all: HTMLElement[]): HTMLElement => el('dl', {class: 'facts'}, all);

export function problem_text(error: unknown): string {
  if (!(error instanceof Refused)) return 'Something went wrong in this page.';
  if (error.status === 401) return 'Reading here needs a token: sign in.';
  if (error.status === 429) return 'Too many requests; try again in a moment.';
  return visible(error.message);
}

export function problem(error: unknown): HTMLElement {
  const needs_sign_in = error instanceof Refused && error.status === 401;
  return el('p', {class: 'problem', role: 'alert'}, problem_text(error), needs_sign_in && [' ', el('a', {href: '/sign-in'}, 'Sign in')]);
}

// A part of a page that arrives later, or says why it does not. What went wrong in one leaves the others alone.
export function later(title: string, content: Promise<Child | readonly Child[]>): HTMLElement {
  const made = section(title, el('p', {class: 'muted waiting'}, 'Loading …'));
  made.setAttribute('aria-busy', 'true');
  const show = (child: Child | readonly Child[]): void => {
    made.querySelector('.waiting')?.remove();
    made.append(...[child].flat().filter((one) => one !== null && one !== undefined && one !== false).map((one) => one as Node));
    made.removeAttribute('aria-busy');
  };
  content.then(show, (error) => show(problem(error)));
  return made;
}

const KINDS: Record<Event['kind'], string> = {new: 'new', changed: 'changed', expired: 'acceptance ended', fixed: 'fixed'};

export const event_list = (events: readonly Event[]): HTMLElement =>
  el('ol', {class: 'events'}, events.map((event) => el('li', {},
      el('div', {class: 'row'}, chip(KINDS[event.kind], `event-${event.kind}`), severity(event.severity), advisory_link(event.advisory),
          el('span', {class: 'muted'}, when(event.time))),
      el('div', {}, subject_link(event.subject), ' — ', component_link(event.component), ' ', visible(event.versions),
          event.path !== '' && [' in ', path(event.path)], ': ', state_text(event.state)),
      event.summary !== '' && el('div', {class: 'muted'}, foreign(event.summary)))));

export const acceptance_text = (accepted: Acceptance): HTMLElement =>
  el('span', {}, accepted.expired ? 'accepted until ' + visible(accepted.until) + ', which has passed' : 'accepted', ' by ', foreign(accepted.by),
      ': ', foreign(accepted.reason), !accepted.expired && accepted.until !== '' && ` (until ${visible(accepted.until)})`);

export const version_text = (list: readonly string[]): HTMLElement =>
  el('span', {class: 'version', title: list.length > 1 ? `one of ${list.length}: ${list.map(visible).join(', ')}` : undefined}, versions(list));

export function heading(title: string, name: string, ...more: Child[]): HTMLElement {
  document.title = `${visible(name)} – Stowaway`;
  return el('div', {class: 'heading'}, el('p', {class: 'kind'}, title), el('h1', {}, foreign(name)), ...more);
}
