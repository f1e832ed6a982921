// A subject: what its tree embeds, what that means, how it came to be.
import {at, get, type Audit, type Copy, type Finding, type Scan, type Snapshot, type Step} from '../api';
import {el} from '../dom';
import {acceptance_text, advisory_link, chip, component_link, cut_table, fact, facts, heading, later, nothing, severity, state, version_text} from '../parts';
import {copies_table, gaps, only_declared} from '../scan_view';
import {tree_view} from '../tree_view';
import {bytes, count, counted, foreign, path, visible, when} from '../text';

// The audit's copies are the report's, with the subject itself perhaps before them: told apart by path and component.
function open_by_copy(copies: readonly Copy[], audit: Audit): Map<number, number> {
  const key = (one: {path: string; component: string}): string => JSON.stringify([one.path, one.component]);
  const place = new Map(copies.map((copy, index) => [key(copy), index]));
  const open = new Map<number, number>();
  for (const finding of audit.findings) {
    const index = place.get(key(audit.copies[finding.copy]!));
    if (finding.open && index !== undefined) open.set(index, (open.get(index) ?? 0) + 1);
  }
  return open;
}

export function evidence(finding: Finding): Node[] {
  const said: Node[] = [];
  if (finding.patch_form !== null)
    said.push(chip(`patch: ${visible(finding.patch_form).replace(/_/g, ' ')}`, `form-${finding.patch_form}`, visible(finding.patch_detail ?? '')));
  if (finding.testcase_verdict !== null)
    said.push(chip(`test case: ${visible(finding.testcase_verdict).replace(/_/g, ' ')}`, `case-${finding.testcase_verdict}`, visible(finding.testcase_detail ?? '')));
  return said;
}

function findings(audit: Audit): Node[] {
  const summaries = new Map(audit.advisories.map((one) => [one.id, one.summary]));
  const shown = audit.findings.filter((one) => one.status !== 'not_affected');
  const rank = (one: Finding): number => (one.open ? 0 : 10) + ['critical', 'high', 'medium', 'low', 'none', 'unknown'].indexOf(one.severity);
  shown.sort((a, b) => rank(a) - rank(b));
  const settled = audit.findings.length - shown.length;
  return [
    el('p', {class: 'muted'}, `${counted(audit.summary.open, 'open risk')}, ${count(shown.length - audit.summary.open)} settled, ${count(settled)} that the copies are not affected by.`),
    ...(shown.length === 0 ? [] : [cut_table('Advisories about the copies', shown, 25, [
      {title: 'Advisory', cell: (one) => advisory_link(one.advisory)},
      {title: 'Severity', cell: (one) => severity(one.severity)},
      {title: 'Copy', cell: (one) => [component_link(audit.copies[one.copy]!.component), el('div', {}, path(audit.copies[one.copy]!.path))]},
      {title: 'Status', cell: (one) => [state(one.acceptance && !one.acceptance.expired ? 'accepted' : one.status), ...evidence(one)]},
      {title: 'What and why', kind: 'wide', cell: (one) => [el('div', {}, foreign(summaries.get(one.advisory) ?? '')), el('div', {class: 'muted'}, visible(one.because)),
        one.acceptance && el('div', {class: 'muted'}, acceptance_text(one.acceptance))]},
      {title: 'Fixed in', cell: (one) => visible(one.fixed_version ?? '')},
    ])]),
  ];
}

const CHANGES: Record<string, string> = {gained: 'new', lost: 'gone', upgraded: 'newer', downgraded: 'older', changed: 'changed', moved: 'moved'};

function history(steps: readonly Step[], snapshots: readonly Snapshot[]): Node[] {
  if (steps.length === 0)
    return [nothing(snapshots.length === 1 ? 'One version is tracked; with the next, what changes is shown here.' : 'No version is tracked.')];
  return [el('ol', {class: 'history'}, [...steps].reverse().map((step) => el('li', {},
      el('h3', {}, visible(step.before.version), ' → ', visible(step.after.version), ' ', el('span', {class: 'muted'}, when(step.after.tracked_at))),
      step.changes.length === 0 ? nothing('The same copies.') : el('ul', {class: 'changes'}, step.changes.map((change) => el('li', {},
          chip(CHANGES[change.kind] ?? visible(change.kind), `change-${change.kind}`), ' ', component_link(change.component), ' ',
          change.before && version_text(change.before.versions), change.before && change.after && ' → ', change.after && version_text(change.after.versions),
          ' ', path((change.after ?? change.before)?.path ?? '')))))))];
}

function version_links(name: string, snapshots: readonly Snapshot[], shown: string): HTMLElement {
  return el('nav', {'aria-label': 'Versions', class: 'versions'}, [...snapshots].reverse().slice(0, 30).map((one) =>
    el('a', {href: at('/subject', {name, version: one.version}), 'aria-current': one.version === shown ? 'page' : undefined}, visible(one.version),
        one.current && el('span', {class: 'muted'}, ' current'))));
}

export async function subject(query: URLSearchParams): Promise<readonly Node[]> {
  const asked = query.get('name') ?? '', version = query.get('version') ?? undefined;
  const [scan, {snapshots}] = await Promise.all([
    get<Scan>('/v1/subject', {name: asked, version}), get<{snapshots: Snapshot[]}>('/v1/versions', {name: asked})]);
  const name = snapshots[0]?.subject ?? asked;
  const snapshot = snapshots.find((one) => version === undefined ? one.current : one.version === version);
  const audit = get<Audit>('/v1/audit', {name, version});
  const steps = get<{steps: Step[]}>('/v1/history', {name});
  const tree = scan.copies.length === 0 ? Promise.resolve(nothing('No copy of a known component was found.')) :
    audit.then((known) => open_by_copy(scan.copies, known), () => undefined)
         .then((risks) => [tree_view(scan.copies, scan.summary.files - scan.summary.passed_over, risks), copies_table(scan.copies, risks)]);
  return [
    heading('Subject', name, version_links(name, snapshots, snapshot?.version ?? '')),
    facts(fact('Version', visible(snapshot?.version ?? version ?? '')), fact('Tracked', snapshot ? when(snapshot.tracked_at) : 'unknown'),
        fact('Files', count(scan.summary.files)), fact('Size', bytes(scan.summary.bytes)), fact('Copies', count(scan.copies.length)),
        fact('Not looked at', count(scan.summary.gaps), scan.partial ? 'alarming' : '')),
    later('What it embeds', tree),
    later('Risks', audit.then(findings)),
    ...only_declared(scan), ...gaps(scan),
    later('History over versions', steps.then((known) => history(known.steps, snapshots))),
  ];
}

