// What notices and instances are called.
import type { Notice, Row, ToldRow } from '../../api/types';
import { rows } from '../../state/rows';
import { count, isolated, say } from '../../words/catalogue';

export function rowCalled(id: string): Row | undefined {
  return rows.value.find((row) => row.id === id);
}

export const nameOf = (instance: string) => rowCalled(instance)?.name ?? instance;

/** Of an instance that left the cloud, the name that it had. */
export const nameThen = ({ instance, name }: ToldRow) => name || nameOf(instance);

/** "Catalog EU01 and 3 more": the first of so many. */
export function firstOf(names: readonly string[], all: number): string {
  const first = isolated(names[0] ?? '');
  return all > 1 ? count('console.notices.and_more', all - 1, { first }) : first;
}

export const affectedBy = (notice: Notice) => firstOf(notice.instances.map(nameOf), notice.affected);

/** An operator's or a maintenance's own title; else what is affected. */
export function titleOf(notice: Notice): string {
  return isolated(notice.latest?.title ?? '') || affectedBy(notice) || say('console.notices.untitled');
}
