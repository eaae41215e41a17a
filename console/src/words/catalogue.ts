// What the console says, in the reader's language. The catalogues are those of the public pages
// (/messages); the build leaves in what the console may say. English comes with the
// first load, any other language when it is asked for.
import { computed, signal } from '@preact/signals';
import english from '../../../messages/en.json';

type Catalogue = typeof english;
type Spoken = `${'console' | 'indicator' | 'meaning' | 'verdict' | 'layer' | 'duration' | 'instance' | 'notice.topic'}.${string}`;
type KeysOf<Form> = {
  [Key in keyof Catalogue]: Catalogue[Key] extends Form ? Key : never;
}[keyof Catalogue];
/** A key with one text. */
export type TextKey = Extract<KeysOf<string>, Spoken>;
/** A key with a text for each plural category of the language. */
export type CountKey = Extract<KeysOf<{ other: string }>, Spoken>;
export type Values = Record<string, string | number>;
type Forms = Record<string, string>;

export const languages = { en: 'English', he: 'עברית' } as const;
export type Language = keyof typeof languages;

const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: unknown }>> = {
  he: () => import('../../../messages/he.json'),
};

const catalogue = signal<Record<string, string | Forms>>(english);
export const language = signal<Language>('en');
export const direction = computed(() => (language.value === 'he' ? 'rtl' : 'ltr'));
const rules = computed(() => new Intl.PluralRules(language.value));

export function isLanguage(tag: string): tag is Language {
  return tag in languages;
}

/** Speaks this language from now on, once its catalogue is there. */
export async function speak(next: Language): Promise<void> {
  const loaded = next === 'en' ? english : (await loaders[next]()).default;
  catalogue.value = loaded as Record<string, string | Forms>;
  language.value = next;
}

/** Values into placeholders, in one pass: a value that looks like a placeholder stays what it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function say(key: TextKey, values: Values = {}): string {
  const text = catalogue.value[key];
  return typeof text === 'string' ? fill(text, values) : key;
}

/** The form for so many; `{count}` is the number as the language writes it. */
export function count(key: CountKey, number: number, values: Values = {}): string {
  const forms = catalogue.value[key];
  if (typeof forms !== 'object') return key;
  const text = forms[rules.value.select(number)] ?? forms['other'] ?? key;
  return fill(text, { count: figure(number), ...values });
}

/** A text for a name that the hub gave ("monitoring.verdict"); the name itself when there is none. */
export function sayNamed(prefix: string, name: string, suffix = ''): string {
  const text = catalogue.value[`${prefix}.${name}${suffix}`];
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
