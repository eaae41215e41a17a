// What happens, as it happens: one event stream for the whole console. The browser resumes it by
// Last-Event-ID; after every gap all that is shown is read again besides, as that id bridges neither
// a gap before the first event nor an answer that the gap swallowed.
import { signal } from '@preact/signals';

export interface RowEvent { id: string; indicator?: string; word?: string; details?: string; at?: string }
export interface EntryEvent { index: number; type: string; object: string; at: string }
export interface Events {
  row: RowEvent;
  entry: EntryEvent;
  config: Record<string, unknown>;
  /** Anything may have changed. */
  reset: null;
  /** The hub gives no stream: the session may have ended. */
  refused: null;
}
type Listener<Name extends keyof Events> = (event: Events[Name]) => void;

export type Connection = 'off' | 'connecting' | 'live' | 'lost';
export const connection = signal<Connection>('off');

const listeners: { [Name in keyof Events]: Set<Listener<Name>> } = {
  row: new Set(), entry: new Set(), config: new Set(), reset: new Set(), refused: new Set(),
};

/** Calls `listen` at each such event until the returned function is called. */
export function on<Name extends keyof Events>(name: Name, listen: Listener<Name>): () => void {
  (listeners[name] as Set<Listener<Name>>).add(listen);
  return () => (listeners[name] as Set<Listener<Name>>).delete(listen);
}

function tell<Name extends keyof Events>(name: Name, event: Events[Name]): void {
  for (const listen of [...listeners[name]] as Listener<Name>[]) listen(event);
}

const longestWait = 30_000;
const hiddenFor = 120_000;
let source: EventSource | null = null;
let wait = 1_000;
let timer = 0;

/** Opens the stream; keeps trying until stop(). */
export function start(): void {
  if (source) return;
  clearTimeout(timer);
  connection.value = connection.value === 'lost' ? 'lost' : 'connecting';
  const stream = (source = new EventSource('/api/v1/events'));
  stream.onopen = () => {
    const back = connection.value === 'lost';
    wait = 1_000;
    connection.value = 'live';
    if (back) tell('reset', null);
  };
  stream.onerror = () => {
    connection.value = 'lost';
    if (stream.readyState !== EventSource.CLOSED) return;  // the browser tries again by itself
    source = null;
    timer = window.setTimeout(start, wait);
    wait = Math.min(wait * 2, longestWait);
    tell('refused', null);
  };
  for (const name of ['row', 'entry', 'config', 'reset'] as const) {
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      tell(name, name === 'reset' ? null : JSON.parse(event.data || 'null'));
    });
  }
}

export function stop(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
  connection.value = 'off';
}

// A browser has six connections to a server, over all its tabs: one that nobody looks at gives
// its own back after a while.
let hideTimer = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hideTimer);
  if (document.hidden) {
    hideTimer = window.setTimeout(() => {
      if (!source) return;
      stop();
      connection.value = 'lost';
    }, hiddenFor);
  } else if (connection.value === 'lost' && !source) {
    start();
  }
});
