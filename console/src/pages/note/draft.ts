// What is typed of a note, kept until it was sent, so that neither a look at another page nor the
// end of a session loses it.
import { signal } from '@preact/signals';
import type { Fault } from '../../api/problem';
import { say } from '../../words/catalogue';
import { zone } from '../../words/time';
import { momentIn } from '../../words/zoned';

export interface Draft {
  /** Of the notice that it goes on with; empty: it begins one. */
  notice: string;
  topic: string;
  instances: readonly string[];
  title: string;
  words: string;
  /** As a field of date and time has it. */
  next_update: string;
}

const empty: Draft = { notice: '', topic: 'information', instances: [], title: '', words: '', next_update: '' };
export const draft = signal<Draft>(empty);

export function edit(changes: Partial<Draft>): void {
  draft.value = { ...draft.value, ...changes };
}
export function forget(): void {
  draft.value = empty;
}

/** The zone in which the reader types moments. */
export const typedIn = () => (zone.value === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone);

/** As the API takes it. */
export function bodyOf({ notice, topic, instances, title, words, next_update }: Draft, typed: string) {
  return {
    topic, instances, title, words,
    ...(next_update ? { next_update: momentIn(typed, next_update) } : {}),
    ...(notice ? { notice } : {}),
  };
}
/** Everything that is wrong with it, by field: the hub says the same, but not at which field. */
export function faultsOf({ instances, title, words, next_update }: Draft, typed: string, now: number): Fault[] {
  const faults: Fault[] = [];
  if (instances.length === 0) faults.push({ path: 'instances', what: say('console.notes.no_instance') });
  if (!title.trim()) faults.push({ path: 'title', what: say('console.notes.no_title') });
  if (!words.trim()) faults.push({ path: 'words', what: say('console.notes.no_words') });
  if (next_update && Date.parse(momentIn(typed, next_update)) <= now) faults.push({ path: 'next_update', what: say('console.notes.too_early') });
  return faults;
}
export type NoteBody = ReturnType<typeof bodyOf>;
