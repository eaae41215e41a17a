// Keys: single ones ("/", "j") and two in a row ("g i"). Never while somebody types.
import { useLayoutEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { TextKey } from '../words/catalogue';

export interface Key {
  /** "?", "Enter", "g i", "Ctrl+k" */
  press: string;
  about: TextKey;
  run: () => void;
}

const patience = 1200;
/** Those that work now, newest first: a page's own keys come before the console's. */
export const keysNow = signal<readonly Key[]>([]);

export function useKeys(keys: readonly Key[]): void {
  useLayoutEffect(() => {
    keysNow.value = [...keys, ...keysNow.peek()];
    return () => {
      keysNow.value = keysNow.peek().filter((key) => !keys.includes(key));
    };
  }, keys.map((key) => key.press));
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return target?.matches?.('input, textarea, select, [contenteditable]') ?? false;
}

let first = '';
let timer = 0;

function onKey(event: KeyboardEvent): void {
  if (event.altKey || event.metaKey && event.key !== 'k') return;
  const control = event.ctrlKey || event.metaKey;
  const pressed = control ? `Ctrl+${event.key.toLowerCase()}` : event.key;
  if (!control && (isTyping(event) || document.querySelector('dialog[open]'))) return;
  const find = (press: string) => keysNow.value.find((key) => key.press === press);
  const key = (first && find(`${first} ${pressed}`)) || find(pressed);
  clearTimeout(timer);
  first = '';
  if (key) {
    event.preventDefault();
    key.run();
  } else if (keysNow.value.some((candidate) => candidate.press.startsWith(`${pressed} `))) {
    first = pressed;
    timer = window.setTimeout(() => (first = ''), patience);
  }
}

export function startKeys(): void {
  window.addEventListener('keydown', onKey);
}
