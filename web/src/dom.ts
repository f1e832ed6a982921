// Elements from data. Nothing here takes HTML: names, paths and advisory texts are hostile, and become text nodes.

export type Child = Node | string | number | null | undefined | false;

export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

// What a page may set. No `style`, no `srcdoc`, no handlers: the policy of the server would refuse them as well.
const ALLOWED = new Set([
  'id', 'class', 'href', 'type', 'name', 'value', 'title', 'for', 'role', 'lang', 'dir', 'tabindex', 'scope', 'hidden', 'open',
  'required', 'disabled', 'checked', 'selected', 'multiple', 'placeholder', 'maxlength', 'rows', 'min', 'max', 'autocomplete',
  'spellcheck', 'autofocus', 'accept', 'datetime', 'colspan', 'method', 'action', 'enterkeyhint', 'download',
]);
const ALLOWED_IN_DRAWINGS = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'viewBox', 'text-anchor', 'rx', 'd']);

function set(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) return;
  const text = value === true ? '' : String(value);
  const known = ALLOWED.has(name) || name.startsWith('aria-') || name.startsWith('data-') ||
      (element instanceof SVGElement && ALLOWED_IN_DRAWINGS.has(name));
  if (!known) throw new Error(`no page sets ${name}`);
  // Only places of our own: "//host", "javascript:" and the rest never get into a link.
  if ((name === 'href' || name === 'action') && !/^(\/(?!\/)|#)/.test(text)) throw new Error('a link that leaves');
  element.setAttribute(name, text);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly (Child | readonly Child[])[]): E {
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

type Children = readonly (Child | readonly Child[])[];

export function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: Children) {
  return fill(document.createElement(tag), attributes, children);
}

export function drawn<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: Children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

export function button(label: string, press: () => void, kind = ''): HTMLButtonElement {
  const made = el('button', {type: 'button', class: kind}, label);
  made.addEventListener('click', press);
  return made;
}

// Through the object model, which the policy allows, as it does not allow style attributes.
export function place(element: HTMLElement, box: {left: number; top: number; width: number; height: number}): void {
  for (const [side, share] of Object.entries(box)) element.style.setProperty(side, `${(share * 100).toFixed(4)}%`);
}

export function share_wide(element: HTMLElement, share: number): HTMLElement {
  element.style.setProperty('width', `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`);
  return element;
}
