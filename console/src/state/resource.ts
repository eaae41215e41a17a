// Something that is read from the hub: loading, failed with a reason, or there; there stays there
// while it is read again.
import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { asProblem, type Problem } from '../api/problem';

export interface Reading<T> {
  data?: T;
  problem?: Problem;
  loading: boolean;
}
export interface Resource<T> {
  reading: ReadonlySignal<Reading<T>>;
  reload: () => Promise<void>;
  /** Puts in what a write answered, without asking again. */
  replace: (data: T) => void;
}

export function makeResource<T>(load: (signal: AbortSignal) => Promise<T>): Resource<T> & { cancel: () => void } {
  const reading = signal<Reading<T>>({ loading: true });
  let running: AbortController | null = null;
  const reload = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    reading.value = { ...reading.peek(), loading: true };
    try {
      const data = await load(mine.signal);
      if (!mine.signal.aborted) reading.value = { data, loading: false };
    } catch (error) {
      if (mine.signal.aborted) return;
      const kept = reading.peek().data;
      reading.value = { ...(kept === undefined ? {} : { data: kept }), problem: asProblem(error), loading: false };
    }
  };
  return {
    reading, reload,
    replace: (data) => (reading.value = { data, loading: false }),
    cancel: () => running?.abort(),
  };
}

/** A resource for as long as the component shows the thing that `key` names. */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const newest = useRef(load);
  newest.current = load;
  const resource = useMemo(() => makeResource((signal) => newest.current(signal)), [key]);
  useEffect(() => {
    void resource.reload();
    return resource.cancel;
  }, [resource]);
  return resource;
}
