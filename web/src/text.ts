// How what is known is written for people.
import {el} from './dom';

// What would turn, hide or fake the text around it: control characters, bidirectional overrides, invisible signs, tags.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

// The same with such characters as their numbers: "a<U+202E>b".
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => `<U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`);
}

// A name from elsewhere: its direction is its own business.
export function foreign(text: string, kind = ''): HTMLElement {
  return el('bdi', {class: kind || undefined}, visible(text));
}

export function path(text: string): HTMLElement {
  return foreign(text === '' ? '(the subject itself)' : text, text === '' ? 'muted' : 'path');
}

const numbers = new Intl.NumberFormat('en');
export const count = (value: number): string => numbers.format(value);
export const counted = (value: number, one: string, many = one + 's'): string => `${count(value)} ${value === 1 ? one : many}`;
export const percent = (ratio: number): string => `${(ratio * 100).toFixed(ratio > 0.995 && ratio < 1 ? 1 : 0)} %`;

export function bytes(size: number): string {
  const unit = size < 1e3 ? 0 : size < 1e6 ? 1 : size < 1e9 ? 2 : 3;
  return `${(size / 10 ** (unit * 3)).toFixed(unit === 0 ? 0 : 1)} ${['bytes', 'kB', 'MB', 'GB'][unit]}`;
}

// "1.2.11", or the ends of what cannot be told apart.
export function versions(list: readonly string[]): string {
  if (list.length === 0) return 'version unknown';
  const first = visible(list[0]!), last = visible(list[list.length - 1]!);
  return list.length === 1 ? first : `${first} … ${last}`;
}

const DAY = 86_400_000;

export function when(time: string): HTMLElement {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return el('span', {class: 'muted'}, visible(time));
  const days = Math.floor((Date.now() - at) / DAY);
  const said = days < 0 ? time.slice(0, 10) : days === 0 ? 'today' : days === 1 ? 'yesterday' : days < 14 ? `${days} days ago` : time.slice(0, 10);
  return el('time', {datetime: time, title: time}, said);
}

export const is_within_days = (time: string, days: number): boolean => Date.now() - Date.parse(time) <= days * DAY;

// The knowledge base writes dates as 20220327; 0 is unknown.
export function day_of(date: number): Date | undefined {
  if (date === 0) return undefined;
  return new Date(Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100));
}
export const day_text = (date: number): string => day_of(date)?.toISOString().slice(0, 10) ?? '';

// How long ago one day was, seen from another.
export function span_text(from: Date, to: Date): string {
  const days = Math.round((to.getTime() - from.getTime()) / DAY);
  if (days < 60) return counted(Math.max(0, days), 'day');
  if (days < 730) return counted(Math.round(days / 30.44), 'month');
  return `${(days / 365.25).toFixed(1)} years`;
}
