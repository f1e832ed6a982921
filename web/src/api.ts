// The server's answers, as its /openapi.json describes them: what the pages read of them.

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
export type Verdict = 'identical' | 'subset' | 'modified' | 'fragment';

export interface Event {
  id: string; time: string; kind: 'new' | 'changed' | 'expired' | 'fixed'; subject: string; path: string; component: string;
  versions: string; advisory: string; summary: string; severity: Severity; state: string; because: string; fixed: string;
}
export interface Overview {
  subjects: number; snapshots: number; components: number; copies: number; failures: number; tracked_this_week: number;
  findings: {state: string; severity: Severity; findings: number; subjects: number}[];
  popular: {component: string; subjects: number; copies: number}[];
  latest: {subject: string; version: string; tracked_at: string; copies: number; partial: boolean}[];
  events: Event[];
}
export interface Counts {identical: number; reformatted: number; other_release: number; changed: number; added: number; missing: number}
export interface Copy {
  path: string; component: string; purl: string; licence: string; versions: string[]; version_note: string; verdict: Verdict;
  confidence: number; coverage_ratio: number; purity_ratio: number; unchanged_ratio: number; counts: Counts;
  declared: {version: string; path: string; method: string; agrees: boolean}[]; alternatives: string[]; nested_in: number | null;
}
export interface Scan {
  subject: {name: string; kind: string}; partial: boolean; timestamp?: string; copies: Copy[];
  self: {component: string; versions: string[]}[];
  declared_only: {path: string; name: string; version: string; declared_in: string; known_from: string}[];
  summary: {files: number; bytes: number; archives: number; gaps: number; passed_over: number};
  gaps: {path: string; reason: string; detail: string}[];
}
export interface Acceptance {reason: string; by: string; since: string; until: string; expired: boolean}
export interface Finding {
  copy: number; advisory: string; status: 'affected' | 'not_affected' | 'unknown'; open: boolean; severity: Severity; because: string;
  fixed_version: string | null; patch_form: string | null; patch_detail?: string; testcase_verdict: string | null;
  testcase_detail?: string; acceptance: Acceptance | null;
}
export interface Audit {
  copies: {path: string; component: string}[]; findings: Finding[];
  advisories: {id: string; aliases: string[]; summary: string}[];
  summary: {open: number; affected: number; unknown: number; not_affected: number};
}
export interface Snapshot {
  subject: string; version: string; current: boolean; tracked_at: string; partial: boolean; files: number; copies: number;
}
interface State {path: string; versions: string[]; verdict: Verdict}
export interface Step {
  before: Snapshot; after: Snapshot;
  changes: {kind: string; component: string; before: State | null; after: State | null}[];
}
export interface Embedder {
  subject: string; version: string; path: string; component: string; versions: string[]; evidence: string; certain: boolean;
  verdict?: Verdict; modified_ratio?: number;
}
export interface Release {version: string; date: number}
export interface Component {
  meant: string[];
  known: {name: string; purl: string; licence: string; language: string; releases: Release[]}[];
}
export interface Spread {component: string; versions: string[]; subjects: number; copies: number}
export interface AdvisoryBrief {id: string; summary: string; severity: Severity; modified: string; withdrawn: boolean}
export interface Hit {
  subject: string; version: string; path: string; component: string; versions: string[];
  status: 'affected' | 'not affected' | 'unknown'; because: string; fixed_version: string; acceptance: Acceptance | null;
}
export interface Advisory extends AdvisoryBrief {aliases: string[]; components: string[]; hits: Hit[]}
export interface Session {signed_in: boolean; holder?: string; scope?: string; subject?: string; csrf?: string}
export interface Upload {id: string; stage: 'waiting' | 'scanning' | 'done' | 'failed'; seconds: number; error?: string; report?: Scan}

export class Refused extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

// Items of a long list, and how many there are in all.
export interface Part<T> {answer: T; total: number}

export type Query = Record<string, string | number | undefined>;

export function at(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

export function refusal(status: number, body: string): Refused {
  try {
    const message: unknown = JSON.parse(body).error.message;
    if (typeof message === 'string') return new Refused(status, message);
  } catch {
    // Not the server's own words: a proxy's.
  }
  return new Refused(status, `the server answered ${status}`);
}

async function ask(url: string, how: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {credentials: 'same-origin', redirect: 'error', ...how});
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, 'the server cannot be reached');
  }
  if (!response.ok) throw refusal(response.status, await response.text());
  return response;
}

export async function part<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Part<T>> {
  const response = await ask(at(path, query), signal ? {signal} : {});
  return {answer: await response.json() as T, total: Number(response.headers.get('X-Total-Count') ?? 0)};
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await part<T>(path, query, signal)).answer;
}

let known_session: Promise<Session> | undefined;
export function session(): Promise<Session> {
  return known_session ??= get<Session>('/v1/session');
}

// A write by cookie says again what only our own pages can know.
export async function write<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const {csrf} = await session();
  const headers: Record<string, string> = {'Content-Type': 'application/json'};
  if (csrf) headers['X-Csrf-Token'] = csrf;
  const response = await ask(path, {method, headers, body: body === undefined ? null : JSON.stringify(body)});
  return await response.json() as T;
}

export async function sign_in(token: string): Promise<void> {
  // A header holds no other characters, and no token has any.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Refused(400, 'that is no token');
  await ask('/v1/session', {method: 'POST', headers: {Authorization: `Bearer ${token}`}});
  known_session = undefined;
}
