// Who is signed in, and what they may.
import { computed, signal } from '@preact/signals';
import { get, remove, useCsrf, whenSignedOut } from '../api/client';
import { on, start, stop } from '../api/live';
import { Problem, asProblem } from '../api/problem';
import type { Permission, Session } from '../api/types';

export type SessionState =
  | { status: 'unknown' }
  | { status: 'out' }
  | { status: 'failed'; problem: Problem }
  | { status: 'in'; session: Session };

export const session = signal<SessionState>({ status: 'unknown' });
export const me = computed(() => (session.value.status === 'in' ? session.value.session : null));

export function may(permission: Permission): boolean {
  return me.value?.permissions.includes(permission) ?? false;
}

/** A session that the hub has just given. */
export function enter(next: Session): void {
  useCsrf(next.csrf);
  session.value = { status: 'in', session: next };
  start();
}

function leave(): void {
  stop();
  useCsrf('');
  session.value = { status: 'out' };
}

/** Asks the hub who we are. */
export async function recognise(): Promise<void> {
  try {
    enter(await get<Session>('/api/v1/session', { signingIn: true }));
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 401) leave();
    else session.value = { status: 'failed', problem };
  }
}

export async function signOut(): Promise<void> {
  try {
    await remove('/api/v1/session');
  } finally {
    leave();
  }
}

/** A stream that ended may have done so with the session, or with rights that were changed. */
async function lookAgain(): Promise<void> {
  if (!me.peek()) return;
  try {
    const next = await get<Session>('/api/v1/session');
    if (!me.peek()) return;
    useCsrf(next.csrf);
    session.value = { status: 'in', session: next };
  } catch {
    // The end of a session was told by the client; whatever else it is, the stream tries again.
  }
}

whenSignedOut(leave);
on('reset', () => void lookAgain());
on('refused', () => void lookAgain());
