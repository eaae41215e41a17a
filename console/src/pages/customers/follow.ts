import { useEffect } from 'preact/hooks';
import { on } from '../../api/live';

const gatherFor = 400;  // an import tells of thousands at once

/** Calls `again` soon after customers changed, in whatever way, and after every gap in what is told. */
export function useCustomerChanges(again: () => void): void {
  useEffect(() => {
    let timer = 0;
    const soon = () => {
      clearTimeout(timer);
      timer = window.setTimeout(again, gatherFor);
    };
    const stops = [on('entry', ({ type }) => type.startsWith('customers.') && soon()), on('reset', soon)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [again]);
}
