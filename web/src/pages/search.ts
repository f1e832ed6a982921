// Names, as they are typed; questions of versions; advisories by their ids.
import {at, get, part, type Embedder} from '../api';
import {el} from '../dom';
import {advisory_link, component_link, nothing, problem, subject_link, table, verdict, version_text} from '../parts';
import {counted, path, visible} from '../text';

const PAUSE_MS = 90;
// The kinds of ids that OSV knows, as far as they are about what is embedded.
const IS_ADVISORY = /^(CVE|GHSA|OSV|DSA|DLA|DEBIAN|ALPINE|ECA|GO|GSD|MAL|PYSEC|RUSTSEC|UBUNTU|USN|CURL)-[\w.:-]*\d[\w.:-]*$/i;
const IS_QUESTION = /^.+?\s(<=?|>=?|=)\s*\S+/;

interface Named {subjects: string[]; components: string[]}

function names(title: string, all: readonly string[], link: (name: string) => HTMLElement): HTMLElement | false {
  const id = `found-${title.toLowerCase()}`;
  return all.length > 0 && el('section', {class: 'card', 'aria-labelledby': id}, el('h2', {id}, title), el('ul', {class: 'found'}, all.map((name) => el('li', {}, link(name)))));
}

async function answer(text: string, signal: AbortSignal): Promise<{said: string; content: Node[]}> {
  if (IS_QUESTION.test(text)) {
    const {answer: {embedders}, total} = await part<{embedders: Embedder[]}>('/v1/who-embeds', {q: text, limit: 50}, signal);
    return {said: counted(total, 'copy', 'copies') + (total > embedders.length ? `, ${embedders.length} shown` : ''), content: [
      el('section', {class: 'card', 'aria-label': 'Who embeds it'}, table('Who embeds it', embedders, [
        {title: 'Subject', cell: (one) => [subject_link(one.subject), ' ', el('span', {class: 'muted'}, visible(one.version))]},
        {title: 'Component', cell: (one) => [component_link(one.component), ' ', version_text(one.versions)]},
        {title: 'Where', cell: (one) => path(one.path)},
        {title: 'Verdict', cell: (one) => one.verdict ? verdict(one.verdict) : visible(one.evidence)},
      ]))]};
  }
  const found = await get<Named>('/v1/search', {q: text}, signal);
  const parts = [
    IS_ADVISORY.test(text) && names('Advisories', [text.toUpperCase().startsWith('GHSA') ? text : text.toUpperCase()], advisory_link),
    names('Components', found.components, component_link), names('Subjects', found.subjects, subject_link),
  ].filter((one): one is HTMLElement => one instanceof HTMLElement);
  const many = (list: readonly string[]): string => list.length >= 20 ? 'the first 20' : String(list.length);
  return {said: parts.length === 0 ? 'No name holds that.' : `Subjects: ${many(found.subjects)}. Components: ${many(found.components)}.`, content: parts};
}

// Up and down among the field and what was found.
function walk(field: HTMLElement, results: HTMLElement): void {
  const move = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops = [field, ...results.querySelectorAll<HTMLElement>('a')];
    const now = stops.indexOf(document.activeElement as HTMLElement);
    const next = stops[now + (event.key === 'ArrowDown' ? 1 : -1)];
    if (now < 0 || !next) return;
    event.preventDefault();
    next.focus();
  };
  field.addEventListener('keydown', move);
  results.addEventListener('keydown', move);
}

export async function search(query: URLSearchParams): Promise<readonly Node[]> {
  document.title = 'Search – Stowaway';
  const field = el('input', {id: 'q', type: 'search', name: 'q', maxlength: 200, autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search',
    'aria-describedby': 'q-help'});
  const status = el('p', {role: 'status', class: 'muted'});
  const results = el('div', {class: 'results'});
  let under_way = new AbortController(), timer = 0, shown = '\0';

  const ask = (): void => {
    const text = field.value.trim();
    if (text === shown) return;
    shown = text;
    under_way.abort();
    under_way = new AbortController();
    history.replaceState(null, '', at('/search', {q: text}));
    if (text === '') {
      results.replaceChildren();
      status.textContent = '';
      return;
    }
    const {signal} = under_way;
    answer(text, signal).then(({said, content}) => {
      if (signal.aborted) return;
      status.textContent = said;
      results.replaceChildren(...(content.length > 0 ? content : [nothing('Try a part of a name.')]));
    }, (error) => {
      if (signal.aborted) return;
      status.textContent = '';
      results.replaceChildren(problem(error));
    });
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  walk(field, results);
  const form = el('form', {role: 'search', 'aria-label': 'Everything', class: 'big-search'}, el('label', {for: 'q'}, 'Find a subject, a component or an advisory'), field,
      el('p', {id: 'q-help', class: 'muted'}, 'A part of a name, an id such as CVE-2022-37434, or a question such as “zlib < 1.2.12”. Arrow keys go through the answers.'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
  field.value = query.get('q') ?? '';
  ask();
  requestAnimationFrame(() => field.focus());
  return [el('h1', {}, 'Search'), form, status, results];
}
