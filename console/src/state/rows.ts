// All rows of the cloud, kept up to date by events: few changed rows are read one by one, many by
// reading all again.
import { computed } from '@preact/signals';
import { get, path } from '../api/client';
import { on } from '../api/live';
import type { Board, Indicator, InstanceRow, Row } from '../api/types';
import { makeResource } from './resource';

export const indicators: readonly Indicator[] = ['interruption', 'performance', 'maintenance', 'information', 'normal'];
const mostRows = 10_000;  // what the API gives at once, and more than a cloud has
const gatherFor = 300;
const oneByOne = 5;

export const board = makeResource((signal) => get<Board>(`/api/v1/status?limit=${mostRows}`, { signal }));
export const rows = computed<Row[]>(() => board.reading.value.data?.rows ?? []);

/** Worst first, then those that last longest. */
export function worstFirst(a: Row, b: Row): number {
  return indicators.indexOf(a.indicator) - indicators.indexOf(b.indicator) || a.since.localeCompare(b.since);
}

/** Why the row shows what it shows; of a declaration the words alone: who and when stand beside it. */
export function detailsOf(row: Row): string {
  return row.cause === 'declared' && row.declared ? row.declared.because : row.details;
}

export function countByIndicator(all: readonly Row[]): Record<Indicator, number> {
  const counts = { normal: 0, information: 0, maintenance: 0, performance: 0, interruption: 0 };
  for (const row of all) counts[row.indicator] += 1;
  return counts;
}

const changed = new Set<string>();
let timer = 0;

async function readChanged(): Promise<void> {
  const ids = [...changed];
  changed.clear();
  const present = board.reading.value.data;
  if (!present || ids.length > oneByOne || ids.some((id) => !present.rows.some((row) => row.id === id))) {
    await board.reload();
    return;
  }
  try {
    const fresh = await Promise.all(ids.map((id) => get<InstanceRow>(path`/api/v1/status/${id}`)));
    const byId = new Map(fresh.map((row) => [row.id, row]));
    const newest = board.reading.value.data ?? present;
    board.replace({ ...newest, rows: newest.rows.map((row) => byId.get(row.id) ?? row) });
  } catch {
    await board.reload();
  }
}

function soon(id: string): void {
  changed.add(id);
  clearTimeout(timer);
  timer = window.setTimeout(() => void readChanged(), gatherFor);
}

/** Follows the events from now on. */
export function followRows(): void {
  on('row', (event) => soon(event.id));
  on('config', () => void board.reload());
  on('reset', () => void board.reload());
}
