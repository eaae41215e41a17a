// Which members of an object differ. Pure.
import type { Difference } from '../../api/types';

export interface Change {
  /** "options.every" */
  member: string;
  before: string | null;
  after: string | null;
}

type Members = Map<string, string>;

function collect(value: unknown, prefix: string, into: Members): void {
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0) {
    for (const [name, member] of Object.entries(value)) collect(member, prefix ? `${prefix}.${name}` : name, into);
  } else if (value !== '' && value !== null) {
    into.set(prefix, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** Members of canonical JSON by their dotted names; empty ones are as good as absent. */
function members(text: string): Members {
  const found: Members = new Map();
  if (text === '') return found;
  try {
    collect(JSON.parse(text), '', found);
  } catch {
    found.set('', text);
  }
  return found;
}

export function changesOf({ before, after }: Pick<Difference, 'before' | 'after'>): Change[] {
  const old = members(before), next = members(after);
  return [...new Set([...old.keys(), ...next.keys()])].sort()
    .map((member) => ({ member, before: old.get(member) ?? null, after: next.get(member) ?? null }))
    .filter((change) => change.before !== change.after);
}
