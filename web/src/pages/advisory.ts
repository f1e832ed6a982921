// An advisory: who is hit, what is known of each, and what was decided.
import {get, part, session, write, type Advisory, type Audit, type Hit, type Session} from '../api';
import {button, el} from '../dom';
import {acceptance_text, component_link, fact, facts, heading, later, long_table, nothing, severity, state, state_text, subject_link, version_text, problem_text,
  type Column} from '../parts';
import {count, counted, foreign, path, visible} from '../text';
import {evidence} from './subject';

const PAGE = 100;
const AT_ONCE = 4;  // audits that are asked for at a time

// What the audit of a subject knows beyond versions: patch presence, a test case. One request for each subject, few at a time.
class Audits {
  private readonly asked = new Map<string, Promise<Audit>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  of(subject: string): Promise<Audit> {
    const known = this.asked.get(subject);
    if (known) return known;
    const fresh = this.turn().then(() => get<Audit>('/v1/audit', {name: subject}).finally(() => this.end()));
    this.asked.set(subject, fresh);
    return fresh;
  }
  private turn(): Promise<void> {
    if (this.running < AT_ONCE) {
      ++this.running;
      return Promise.resolve();
    }
    return new Promise((begin) => this.waiting.push(begin));
  }
  private end(): void {
    const next = this.waiting.shift();
    if (next) next();
    else --this.running;
  }
}

function evidence_cell(audits: Audits, advisory: Advisory, hit: Hit): HTMLElement {
  const cell = el('div', {class: 'evidence muted'}, '…');
  const names = new Set([advisory.id, ...advisory.aliases]);
  const fetch_it = (): void => {
    audits.of(hit.subject).then((audit) => {
      const finding = audit.findings.find((one) => names.has(one.advisory) && audit.copies[one.copy]?.path === hit.path && audit.copies[one.copy]?.component === hit.component);
      const said = finding ? evidence(finding) : [];
      if (finding && state_text(finding.status) !== state_text(hit.status)) said.push(el('span', {}, 'so: ', state(finding.status)));
      cell.replaceChildren(...(said.length > 0 ? said : ['not examined']));
    }, (error) => cell.replaceChildren(problem_text(error)));
  };
  // Those that are never scrolled to are never asked for.
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    fetch_it();
  });
  seen.observe(cell);
  return cell;
}

const may_accept = (who: Session): boolean => who.signed_in && (who.scope === 'accept' || who.scope === 'administer');

function field(label: string, control: HTMLElement, hint = ''): HTMLElement {
  return el('p', {class: 'field'}, el('label', {for: control.id}, label), control, hint !== '' && el('span', {class: 'muted'}, hint));
}

// Asks for a reason and a date, and writes the decision.
function ask_to_accept(advisory: Advisory, hit: Hit): void {
  const reason = el('textarea', {id: 'reason', required: true, rows: 3, maxlength: 2000});
  const until = el('input', {id: 'until', type: 'date', min: new Date().toISOString().slice(0, 10)});
  const where = el('select', {id: 'where'}, el('option', {value: 'here'}, 'this copy'), el('option', {value: 'all'}, 'every copy of the component in the subject'));
  const status = el('p', {role: 'alert', class: 'problem', hidden: true});
  const dialog = el('dialog', {'aria-labelledby': 'accept-title'});
  const form = el('form', {method: 'dialog'}, el('h2', {id: 'accept-title'}, 'Accept ', visible(advisory.id), ' for ', visible(hit.subject)),
      el('p', {}, component_link(hit.component), ' ', version_text(hit.versions), ' in ', path(hit.path)),
      field('Why it is acceptable', reason, 'Kept for good, with your name.'), field('Until', until, 'Empty: without end.'), field('For', where), status,
      el('div', {class: 'row'}, el('button', {type: 'submit', class: 'primary'}, 'Accept the risk'), button('Cancel', () => dialog.close())));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    write('POST', '/v1/acceptances', {decision: 'accept', subject: hit.subject, advisory: advisory.id, component: hit.component,
      path: where.value === 'here' ? hit.path : '', reason: reason.value.trim(), until: until.value})
      .then(() => location.reload(), (error) => {
        status.textContent = problem_text(error);
        status.hidden = false;
      });
  });
  dialog.addEventListener('close', () => dialog.remove());
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
}

function revoke(advisory: Advisory, hit: Hit, status: HTMLElement): void {
  write('POST', '/v1/acceptances', {decision: 'revoke', subject: hit.subject, advisory: advisory.id, component: hit.component, path: hit.path})
    .then(() => location.reload(), (error) => {
      status.textContent = problem_text(error);
    });
}

function decision_cell(advisory: Advisory, hit: Hit, who: Session): (Node | string)[] {
  const accepted = hit.acceptance;
  const of_it = ` ${visible(advisory.id)} in ${visible(hit.subject)}, ${visible(hit.path)}`;
  const named = (made: HTMLButtonElement, verb: string): HTMLButtonElement => {
    made.setAttribute('aria-label', verb + of_it);
    return made;
  };
  const shown: (Node | string)[] = accepted ? [acceptance_text(accepted), ' '] : [];
  if (!may_accept(who)) return shown;
  const status = el('span', {role: 'status', class: 'problem-text'});
  if (accepted && !accepted.expired) shown.push(named(button('Revoke', () => revoke(advisory, hit, status), 'plain'), 'Revoke the acceptance of'), status);
  else if (hit.status !== 'not affected') shown.push(named(button('Accept …', () => ask_to_accept(advisory, hit)), 'Accept'));
  return shown;
}

export async function advisory(query: URLSearchParams): Promise<readonly Node[]> {
  const id = query.get('id') ?? '';
  const ask = (after: number) => part<Advisory>('/v1/advisory', {id, limit: PAGE, after});
  const [{answer: about, total}, who] = await Promise.all([ask(0), session()]);
  const audits = new Audits();
  const columns: Column<Hit>[] = [
    {title: 'Subject', cell: (hit) => [subject_link(hit.subject), ' ', el('span', {class: 'muted'}, visible(hit.version))]},
    {title: 'Copy', cell: (hit) => [component_link(hit.component), ' ', version_text(hit.versions), el('div', {}, path(hit.path))]},
    {title: 'By version', cell: (hit) => state(hit.status)},
    {title: 'Why', kind: 'wide', cell: (hit) => visible(hit.because)},
    {title: 'Patch, test case', cell: (hit) => evidence_cell(audits, about, hit)},
    {title: 'Fixed in', cell: (hit) => visible(hit.fixed_version)},
    {title: 'Decision', cell: (hit) => decision_cell(about, hit, who)},
  ];
  const shown = about.hits.length === total ? {
    affected: about.hits.filter((hit) => hit.status === 'affected').length, unclear: about.hits.filter((hit) => hit.status === 'unknown').length,
  } : undefined;
  const hits = total === 0 ? nothing('No tracked subject embeds what it is about.') :
    long_table('Who is hit', about.hits, total, columns, (after) => ask(after).then(({answer, total: all}) => ({answer: answer.hits, total: all})));
  return [
    heading('Advisory', about.id, el('p', {class: 'lead'}, foreign(about.summary || 'It has no summary.')),
        about.aliases.length > 0 && el('p', {class: 'muted'}, 'Also known as ', about.aliases.map(visible).join(', '))),
    facts(fact('Severity', severity(about.severity)), fact('Modified', visible(about.modified.slice(0, 10))), fact('Copies it is about', count(total)),
        ...(shown ? [fact('Affected', count(shown.affected), shown.affected > 0 ? 'alarming' : ''), fact('Unclear', count(shown.unclear))] : [])),
    ...(about.withdrawn ? [el('p', {class: 'problem'}, 'This advisory was withdrawn.')] : []),
    later('Who is hit', Promise.resolve([
      el('p', {class: 'muted'}, `${counted(total, 'copy', 'copies')} in the current versions of all subjects, affected ones first.`,
          !may_accept(who) && [' To accept a risk, ', el('a', {href: '/sign-in'}, 'sign in'), ' with a token that may.'].map((one) => one)),
      hits])),
  ];
}
