// Who embeds which version, against the dates of the releases.
import {drawn, el} from './dom';
import {counted, day_of, visible} from './text';

export interface Bar {version: string; date: number; subjects: number}

const WIDTH = 960, HEIGHT = 260, LEFT = 44, RIGHT = 16, TOP = 26, BOTTOM = 34;
const YEAR = 365.25 * 86_400_000;

// A round number that is not less.
function ceiling(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 4, 5, 10].map((step) => step * unit).find((step) => step >= value) ?? value;
}

// `bars`: releases in order; those without a date stand after each other, evenly. `latest`: drawn as a line.
export function histogram(label: string, bars: readonly Bar[], latest: string): HTMLElement {
  const dated = bars.length > 0 && bars.every((bar) => bar.date !== 0);
  const times = bars.map((bar, index) => dated ? day_of(bar.date)!.getTime() : index);
  const from = Math.min(...times), to = Math.max(...times, from + (dated ? YEAR : 1));
  const most = ceiling(Math.max(1, ...bars.map((bar) => bar.subjects)));
  const across = (time: number): number => LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const up = (subjects: number): number => TOP + (1 - subjects / most) * (HEIGHT - TOP - BOTTOM);
  const wide = Math.max(5, Math.min(26, (WIDTH - LEFT - RIGHT) / Math.max(1, bars.length) - 2));
  const picture = drawn('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label});
  for (const step of [0, most / 2, most]) {
    if (!Number.isInteger(step)) continue;
    picture.append(drawn('line', {class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: up(step), y2: up(step)}),
        drawn('text', {x: LEFT - 8, y: up(step) + 4, 'text-anchor': 'end'}, String(step)));
  }
  if (dated) {
    const years = new Date(to).getUTCFullYear() - new Date(from).getUTCFullYear();
    const every = Math.max(1, Math.ceil(years / 10));
    for (let year = new Date(from).getUTCFullYear() + 1; year <= new Date(to).getUTCFullYear(); ++year) {
      if (year % every !== 0) continue;
      const x = across(Date.UTC(year, 0, 1));
      picture.append(drawn('line', {class: 'tick', x1: x, x2: x, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 6}),
          drawn('text', {x, y: HEIGHT - BOTTOM + 22, 'text-anchor': 'middle'}, String(year)));
    }
  } else {
    // As many names as there is room for.
    const every = Math.ceil(bars.length / 12);
    bars.forEach((bar, index) => {
      if (index % every === 0)
        picture.append(drawn('text', {x: across(index), y: HEIGHT - BOTTOM + 22, 'text-anchor': 'middle'}, visible(bar.version).slice(0, 10)));
    });
  }
  bars.forEach((bar, index) => {
    const x = across(times[index]!);
    if (bar.subjects === 0)
      picture.append(drawn('line', {class: 'release', x1: x, x2: x, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM - 5}, drawn('title', {}, visible(bar.version))));
    else
      picture.append(drawn('rect', {class: 'column', x: x - wide / 2, y: up(bar.subjects), width: wide, height: HEIGHT - BOTTOM - up(bar.subjects), rx: 1.5},
          drawn('title', {}, `${visible(bar.version)}: ${counted(bar.subjects, 'subject')}`)));
  });
  const newest = bars.findIndex((bar) => bar.version === latest);
  if (newest >= 0) {
    const x = across(times[newest]!);
    picture.append(drawn('line', {class: 'latest', x1: x, x2: x, y1: TOP - 6, y2: HEIGHT - BOTTOM}),
        drawn('text', {class: 'latest', x: Math.min(x, WIDTH - RIGHT), y: TOP - 12, 'text-anchor': x > WIDTH / 2 ? 'end' : 'start'}, `latest: ${visible(latest)}`));
  }
  return el('figure', {class: 'histogram'}, el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Chart of versions'}, picture),
      el('figcaption', {class: 'muted'}, dated ? 'Subjects by the newest version that their copy may have, at its release date; short marks are releases that nobody embeds.'
                                               : 'Subjects by the newest version that their copy may have. The knowledge base has no dates of these releases.'));
}
