// Where the reader is: the address bar is the truth, and every place has an address.
import { signal } from '@preact/signals';

export interface Place { path: string; query: URLSearchParams }

export const root = '/console';

function read(): Place {
  const path = location.pathname.slice(root.length).replace(/\/+$/, '') || '/';
  return { path, query: new URLSearchParams(location.search) };
}

export const place = signal<Place>(read());

/** The address of a place of the console: to('/instances'). */
export function to(path: string): string {
  return path === '/' ? root : root + path;
}

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  const url = to(path);
  if (how === 'replace') history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  const before = place.value.path;
  place.value = read();
  if (how === 'push' && before !== place.value.path) window.scrollTo(0, 0);
}

/** Changes parameters of the query, which filters are; an empty one is left out. */
export function setQuery(changes: Record<string, string>): void {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(place.value.path + (text ? `?${text}` : ''), 'replace');
}

/** The path of the place that a link leads to; nothing when it leads out of the console. */
export function placeOf(link: HTMLAnchorElement): string | null {
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return null;
  return link.pathname === root || link.pathname.startsWith(`${root}/`) ? link.pathname.slice(root.length) || '/' : null;
}

function follows(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element | null)?.closest?.('a');
  return link && placeOf(link) !== null ? link : null;
}

export function startRouting(): void {
  window.addEventListener('popstate', () => (place.value = read()));
  document.addEventListener('click', (event) => {
    const link = follows(event);
    if (!link || (link.hash && link.pathname === location.pathname)) return;
    event.preventDefault();
    go(link.pathname.slice(root.length) + link.search || '/');
  });
}
