// Which rows are shown, in which order, under which headings. Pure.
import type { Indicator, Row } from '../api/types';
import { folded } from '../words/catalogue';

export const groupings = ['none', 'territory', 'product', 'state'] as const;
export type Grouping = (typeof groupings)[number];

export type Line = { kind: 'group'; name: string; size: number } | { kind: 'row'; row: Row };

export const isHeading = (line: Line) => line.kind === 'group';

const severity: readonly Indicator[] = ['interruption', 'performance', 'maintenance', 'information', 'normal'];

/** Every word occurs in the row's name, id, product, territory or details. */
export function fits(row: Row, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = folded(`${row.name} ${row.id} ${row.product} ${row.territory} ${row.details}`);
  return words.every((word) => text.includes(word));
}

function byTrouble(a: Row, b: Row): number {
  return severity.indexOf(a.indicator) - severity.indexOf(b.indicator) || a.name.localeCompare(b.name);
}

function keyOf(row: Row, grouping: Grouping): string {
  switch (grouping) {
    case 'territory': return row.territory;
    case 'product': return row.product;
    case 'state': return row.indicator;
    case 'none': return '';
  }
}

export function arrange(rows: readonly Row[], query: string, states: readonly string[], grouping: Grouping): Line[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const chosen = rows.filter((row) => (states.length === 0 || states.includes(row.indicator)) && fits(row, words)).sort(byTrouble);
  if (grouping === 'none' || !groupings.includes(grouping)) return chosen.map((row) => ({ kind: 'row', row }));
  const groups = new Map<string, Row[]>();
  for (const row of chosen) {
    const key = keyOf(row, grouping);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const names = [...groups.keys()];
  if (grouping !== 'state') names.sort((a, b) => a.localeCompare(b));
  return names.flatMap((name): Line[] => {
    const group = groups.get(name) ?? [];
    return [{ kind: 'group', name, size: group.length }, ...group.map((row): Line => ({ kind: 'row', row }))];
  });
}
