// A token against a cookie that no script can read.
import {session, sign_in as send} from '../api';
import {el} from '../dom';
import {problem_text} from '../parts';
import {foreign} from '../text';

export async function sign_in(): Promise<readonly Node[]> {
  document.title = 'Sign in – Stowaway';
  const now = await session();
  if (now.signed_in)
    return [el('h1', {}, 'Sign in'), el('p', {}, 'You are signed in as ', foreign(now.holder ?? ''), ` with scope ${now.scope ?? ''}.`)];
  const token = el('input', {id: 'token', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false', maxlength: 200});
  const status = el('p', {role: 'alert', class: 'problem', hidden: true});
  const form = el('form', {class: 'card'}, el('p', {class: 'field'}, el('label', {for: 'token'}, 'Token'), token),
      el('p', {class: 'muted'}, 'An operator makes one with “stowaway token make NAME --scope accept”. It goes to this server alone; the browser keeps a cookie, not the token.'),
      status, el('button', {type: 'submit', class: 'primary'}, 'Sign in'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(token.value.trim()).then(() => location.assign('/'), (error) => {
      status.textContent = error?.status === 401 ? 'The server does not know that token.' : problem_text(error);
      status.hidden = false;
      token.value = '';
      token.focus();
    });
  });
  return [el('h1', {}, 'Sign in'), form];
}
