// What the reader chose for this browser: look, language, zone. Kept in localStorage, which may be
// missing or full: then the choice lasts as long as the page.
import { effect, signal } from '@preact/signals';
import { direction, isLanguage, language, speak, type Language } from '../words/catalogue';
import { zone, type Zone } from '../words/time';

export type Look = 'system' | 'light' | 'dark';
export const look = signal<Look>('system');

function recall(name: string): string | null {
  try {
    return localStorage.getItem(`nocturn.${name}`);
  } catch {
    return null;
  }
}
function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`nocturn.${name}`, value);
  } catch {
    // Nothing is lost but the memory of a choice.
  }
}

export function chooseLook(next: Look): void {
  look.value = next;
  keep('look', next);
}
export function chooseZone(next: Zone): void {
  zone.value = next;
  keep('zone', next);
}
export async function chooseLanguage(next: Language): Promise<void> {
  await speak(next);
  keep('language', next);
}

/** Before the first page is drawn. */
export async function applyPreferences(): Promise<void> {
  const kept = recall('look');
  if (kept === 'light' || kept === 'dark') look.value = kept;
  if (recall('zone') === 'utc') zone.value = 'utc';
  effect(() => {
    document.documentElement.dataset['look'] = look.value;
  });
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dir = direction.value;
  });
  const wanted = [recall('language'), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const first = wanted.find((tag): tag is Language => tag !== null && isLanguage(tag));
  if (first && first !== 'en') await speak(first);
}
