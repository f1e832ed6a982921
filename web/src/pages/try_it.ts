// Upload an archive, watch it being scanned, see what it embeds.
import {at, get, refusal, Refused, type Scan, type Upload} from '../api';
import {el, share_wide} from '../dom';
import {fact, facts, nothing, problem_text, section} from '../parts';
import {copies_table, gaps, only_declared} from '../scan_view';
import {tree_view} from '../tree_view';
import {bytes, count, counted, visible} from '../text';

const POLL_MS = 400;

// Not fetch(): only this tells how much was sent.
function send(file: File, sent: (share: number) => void): Promise<string> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', at('/v1/try', {name: file.name}));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) sent(event.loaded / event.total); });
    request.addEventListener('load', () => {
      if (request.status === 202) done((JSON.parse(request.responseText) as {id: string}).id);
      else failed(refusal(request.status, request.responseText));
    });
    // Who is too large is cut off while they still send.
    request.addEventListener('error', () => failed(new Refused(0, 'The connection ended. The archive may be larger than this server takes.')));
    request.send(file);
  });
}

function report(scan: Scan): Node[] {
  return [
    facts(fact('Copies', count(scan.copies.length)), fact('Files', count(scan.summary.files)), fact('Size', bytes(scan.summary.bytes)),
        fact('Not looked at', count(scan.summary.gaps), scan.partial ? 'alarming' : '')),
    section('What it embeds', ...(scan.copies.length === 0 ? [nothing('No copy of a known component was found.')] :
      [tree_view(scan.copies, scan.summary.files - scan.summary.passed_over, undefined), copies_table(scan.copies, undefined)])),
    ...only_declared(scan), ...gaps(scan),
  ];
}

export async function try_it(query: URLSearchParams): Promise<readonly Node[]> {
  document.title = 'Try it – Stowaway';
  const file = el('input', {id: 'archive', type: 'file'});
  const go = el('button', {type: 'submit', class: 'primary'}, 'Scan it');
  const status = el('p', {role: 'status', class: 'stage'});
  const fill = el('span', {class: 'bar-fill'}), track = el('div', {class: 'progress', 'aria-hidden': 'true', hidden: true}, fill);
  const results = el('div');

  const say = (text: string, share?: number): void => {
    if (status.textContent !== text) status.textContent = text;
    track.hidden = share === undefined;
    track.classList.toggle('running', share === 1);
    if (share !== undefined) share_wide(fill, share);
  };
  const fail = (error: unknown): void => {
    say(problem_text(error));
    go.disabled = false;
  };
  const watch = (id: string): void => {
    get<Upload>('/v1/try', {id}).then((now) => {
      if (now.stage === 'waiting') say('Waiting for others that came before …', 1);
      else if (now.stage === 'scanning') say(`Scanning for ${counted(now.seconds, 'second')} …`, 1);
      if (now.stage === 'waiting' || now.stage === 'scanning') {
        setTimeout(() => watch(id), POLL_MS);
        return;
      }
      go.disabled = false;
      if (now.stage === 'failed') return say(`That did not work: ${visible(now.error ?? '')}`);
      say(`${counted(now.report!.copies.length, 'copy', 'copies')} found in ${visible(now.report!.subject.name) || 'the archive'}. This result is kept for an hour, at this address.`);
      results.replaceChildren(...report(now.report!));
    }, fail);
  };

  const form = el('form', {class: 'card upload'},
      el('p', {class: 'field'}, el('label', {for: 'archive'}, 'A source archive: tar, zip, jar, wheel, crate, gem or deb, packed as usual'), file),
      el('p', {class: 'muted'}, 'It is scanned in a process of its own with limits of time, memory and size, and not kept. What was found is kept for an hour, for whoever has its address.'),
      el('div', {class: 'row'}, go), track, status);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = file.files?.[0];
    if (!chosen) {
      say('Choose an archive first.');
      file.focus();
      return;
    }
    go.disabled = true;
    results.replaceChildren();
    say(`Sending ${bytes(chosen.size)} …`, 0);
    send(chosen, (share) => say(`Sending ${bytes(chosen.size)} …`, share)).then((id) => {
      history.replaceState(null, '', at('/try', {id}));
      watch(id);
    }, fail);
  });
  form.addEventListener('dragover', (event) => event.preventDefault());
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) file.files = event.dataTransfer.files;
  });
  const id = query.get('id');
  if (id) watch(id);
  return [el('h1', {}, 'Try it'), form, results];
}

