// Pages come before they are gone to: that of a link as soon as somebody points at it or reaches it
// by keyboard, and the rooms of the navigation while nothing else is to be done. A page that does not
// come is asked for once more when it is gone to, which then says so.
import { effect } from '@preact/signals';
import { me } from '../state/session';
import { openRooms } from './navigation';
import { placeOf } from './router';
import { fetchPage } from './routes';

const whenIdle = (work: () => void) =>
  'requestIdleCallback' in window ? void requestIdleCallback(work, { timeout: 5000 }) : void setTimeout(work, 500);

// Who counts bytes waits for a page instead.
const sparing = () => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

function pointed(event: Event): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const path = link && placeOf(link);
  if (path) void fetchPage(path);
}

async function fetchRooms(): Promise<void> {
  for (const { path } of openRooms()) await fetchPage(path);
}

export function startFetchingAhead(): void {
  for (const kind of ['pointerover', 'pointerdown', 'focusin']) document.addEventListener(kind, pointed, { passive: true });
  const stop = effect(() => {
    if (!me.value || sparing()) return;
    whenIdle(() => void fetchRooms());
    queueMicrotask(() => stop());
  });
}
