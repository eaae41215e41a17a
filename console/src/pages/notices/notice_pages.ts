// All notices as one list: those that go on, then those that are over.
import { get, withQuery } from '../../api/client';
import type { Notice, NoticePage } from '../../api/types';
import type { Paged } from '../../state/paged_list';

const atOnce = 40;  // each brings counts of its deliveries
type State = 'open' | 'over';
export interface Wanted { state: '' | State; instance: string }
const order: readonly State[] = ['open', 'over'];

/** A cursor of the list is a state and, behind a colon, the API's cursor within it. */
export async function readNotices(wanted: Wanted, cursor: string | null): Promise<Paged<Notice>> {
  const at = cursor?.indexOf(':') ?? 0;
  const state = (cursor ? cursor.slice(0, at) : wanted.state || order[0]) as State;
  const page = await get<NoticePage>(withQuery('/api/v1/notifications/notices', { state, instance: wanted.instance || undefined, limit: atOnce, cursor: cursor?.slice(at + 1) }));
  const next = page.next !== null ? `${state}:${page.next}` : !wanted.state && state === 'open' ? 'over:' : null;
  return { items: page.notices, next };
}

export type Line = { kind: 'group'; open: boolean } | { kind: 'notice'; notice: Notice };

export const isHeading = (line: Line) => line.kind === 'group';

/** With a heading before those that go on and one before those that are over. Pure. */
export function withHeadings(notices: readonly Notice[]): Line[] {
  const lines: Line[] = [];
  for (const [i, notice] of notices.entries()) {
    const open = notice.closed_at === null, before = notices[i - 1];
    if (!before || (before.closed_at === null) !== open) lines.push({ kind: 'group', open });
    lines.push({ kind: 'notice', notice });
  }
  return lines;
}
