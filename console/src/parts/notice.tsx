import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

interface Notice { id: number; text: ComponentChildren; bad: boolean }

const notices = signal<Notice[]>([]);
const shownFor = 6_000;
let last = 0;

/** Says that something was done, for some seconds, to eyes and screen readers. */
export function notify(text: ComponentChildren, bad = false): void {
  const id = ++last;
  notices.value = [...notices.value, { id, text, bad }];
  setTimeout(() => (notices.value = notices.value.filter((notice) => notice.id !== id)), shownFor);
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map((notice) => <p key={notice.id} class={notice.bad ? 'bad' : ''}>{notice.text}</p>)}
    </div>
  );
}
