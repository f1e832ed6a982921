// One script for all pages: the path says which is drawn.
import {Refused, session, write} from './api';
import {button, el} from './dom';
import {problem} from './parts';
import {foreign} from './text';
import {advisory} from './pages/advisory';
import {component} from './pages/component';
import {overview} from './pages/overview';
import {search} from './pages/search';
import {sign_in} from './pages/sign_in';
import {subject} from './pages/subject';
import {try_it} from './pages/try_it';

export type Draw = (query: URLSearchParams) => Promise<readonly Node[]>;

const PAGES: Record<string, Draw> = {
  '/': overview, '/component': component, '/subject': subject, '/advisory': advisory, '/search': search, '/try': try_it, '/sign-in': sign_in,
};

async function draw(): Promise<void> {
  const main = document.getElementById('main')!;
  main.setAttribute('aria-busy', 'true');
  try {
    main.replaceChildren(...await PAGES[location.pathname]!(new URLSearchParams(location.search)));
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    document.title = 'Stowaway';
    main.replaceChildren(el('h1', {}, 'That did not work'), problem(error));
  }
  main.removeAttribute('aria-busy');
}

async function show_who(): Promise<void> {
  const who = document.getElementById('who')!;
  try {
    const now = await session();
    if (now.signed_in)
      who.append(foreign(now.holder ?? ''), ' ', button('Sign out', () => {
        write('DELETE', '/v1/session').finally(() => location.reload());
      }, 'plain'));
    else
      who.append(el('a', {href: '/sign-in'}, 'Sign in'));
  } catch {
    // The page itself says that the server is away.
  }
}

// "/" goes to the search field, as people know it from elsewhere; Escape leaves it.
function listen_for_keys(): void {
  document.addEventListener('keydown', (event) => {
    const within = event.target instanceof Element ? event.target.closest('input, textarea, select, [contenteditable]') : null;
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || within) return;
    event.preventDefault();
    (document.getElementById('q') ?? document.getElementById('find'))?.focus();
  });
}

for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a'))
  if (link.pathname === location.pathname) link.setAttribute('aria-current', 'page');
listen_for_keys();
void show_who();
void draw();
