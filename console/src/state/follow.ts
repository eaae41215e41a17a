import { useEffect } from 'preact/hooks';
import { on } from '../api/live';

/** Calls `again` soon after entries with such a beginning were recorded ("customers."), and after
    every gap in what is told; at most once in `gatherFor` milliseconds: many may come at once. */
export function useChanges(prefix: string, again: () => void, gatherFor = 400): void {
  useEffect(() => {
    let timer = 0;
    const soon = () => {
      if (timer) return;
      timer = window.setTimeout(() => {
        timer = 0;
        again();
      }, gatherFor);
    };
    const stops = [on('entry', ({ type }) => type.startsWith(prefix) && soon()), on('reset', soon)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [prefix, again, gatherFor]);
}
