// Finding a command by what is typed. Pure.
import type { Row } from '../api/types';
import type { IconName } from '../parts/icon';
import { folded } from '../words/catalogue';

export interface Command { id: string; name: string; hint?: string; icon?: IconName; row?: Row; run: () => void }

const shows = 50;

/** Every word occurs in the name or the hint; beginnings of names first. */
export function search(list: readonly Command[], query: string): Command[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return list.filter((command) => !command.row);
  const first = words[0] ?? '';
  return list
    .filter((command) => words.every((word) => folded(`${command.name} ${command.hint ?? ''}`).includes(word)))
    .sort((a, b) => Number(folded(b.name).startsWith(first)) - Number(folded(a.name).startsWith(first)))
    .slice(0, shows);
}
