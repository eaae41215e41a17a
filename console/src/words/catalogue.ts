// What the console says, in the reader's language. The texts are those of the public pages
// (/messages); the build gives the first load and each page what they say (words.mjs). English comes
// with the first load, any other language when it is asked for, a page's words beside the page.
// Whatever is drawn has its words: `learn` ends, and `language` turns, only when they are there.
import { computed, signal } from '@preact/signals';
import english from 'words:en/first';
import { pages } from 'words:pages';
import type catalogue from '../../../messages/en.json';

type Catalogue = typeof catalogue;
type Spoken = `${'console' | 'indicator' | 'meaning' | 'verdict' | 'layer' | 'duration' | 'instance' | 'notice.topic'}.${string}`;
type KeysOf<Form> = {
  [Key in keyof Catalogue]: Catalogue[Key] extends Form ? Key : never;
}[keyof Catalogue];
/** A key with one text. */
export type TextKey = Extract<KeysOf<string>, Spoken>;
/** A key with a text for each plural category of the language. */
export type CountKey = Extract<KeysOf<{ other: string }>, Spoken>;
export type Values = Record<string, string | number>;
type Words = Record<string, string | Record<string, string>>;

export const languages = { en: 'English', he: 'עברית' } as const;
export type Language = keyof typeof languages;

const first: Record<Exclude<Language, 'en'>, () => Promise<{ default: Words }>> = {
  he: () => import('words:he/first'),
};

interface Tongue { words: Words; parts: Set<string> }
const known: Record<Language, Tongue> = {
  en: { words: { ...english }, parts: new Set(['first']) },
  he: { words: {}, parts: new Set() },
};
const wanted = new Set(['first']);
let asked: Language = 'en';

export const language = signal<Language>('en');
export const direction = computed(() => (language.value === 'he' ? 'rtl' : 'ltr'));
const rules = computed(() => new Intl.PluralRules(language.value));

export function isLanguage(tag: string): tag is Language {
  return tag in languages;
}

async function hear(tag: Language, part: string): Promise<void> {
  const load = part === 'first' && tag !== 'en' ? first[tag] : pages[part]?.[tag];
  if (!load) throw new Error(`no words of ${part}`);
  Object.assign(known[tag].words, (await load()).default);
  known[tag].parts.add(part);
}

/** Everything wanted by now, and what comes to be wanted meanwhile. */
async function hearAll(tag: Language): Promise<void> {
  for (;;) {
    const missing = [...wanted].filter((part) => !known[tag].parts.has(part));
    if (missing.length === 0) return;
    await Promise.all(missing.map((part) => hear(tag, part)));
  }
}

/** Speaks this language from now on, once all its words are there; the last one asked for holds. */
export async function speak(next: Language): Promise<void> {
  asked = next;
  await hearAll(next);
  if (asked === next) language.value = next;
}

/** The words of a page, in the language that is spoken when they are there. */
export async function learn(page: string): Promise<void> {
  const tag = language.peek();
  await hear(tag, page);
  wanted.add(page);
  if (language.peek() !== tag) await hearAll(language.peek());
}

/** Values into placeholders, in one pass: a value that looks like a placeholder stays what it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function say(key: TextKey, values: Values = {}): string {
  const text = known[language.value].words[key];
  return typeof text === 'string' ? fill(text, values) : key;
}

/** The form for so many; `{count}` is the number as the language writes it. */
export function count(key: CountKey, number: number, values: Values = {}): string {
  const forms = known[language.value].words[key];
  if (typeof forms !== 'object') return key;
  const text = forms[rules.value.select(number)] ?? forms['other'] ?? key;
  return fill(text, { count: figure(number), ...values });
}

/** A text for a name that the hub gave ("monitoring.verdict"); the name itself when there is none. */
export function sayNamed(prefix: string, name: string, suffix = ''): string {
  const text = known[language.value].words[`${prefix}.${name}${suffix}`];
  return typeof text === 'string' ? text : name;
}

/** Who did something, as the ledger says it; the machine's own operator has no name of their own. */
export function doer(name: string): string {
  return isolated(name === 'local operator' ? say('console.local_operator') : name);
}

/** In one piece, also in a sentence that runs the other way. */
export function isolated(text: string): string {
  return direction.value === 'rtl' && text ? `\u2068${text}\u2069` : text;
}

export function figure(number: number): string {
  return new Intl.NumberFormat(language.value).format(number);
}

/** Lower case, without accents: for finding. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
