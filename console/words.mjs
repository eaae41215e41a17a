// Gives every page its words: a plugin for esbuild that reads the sources for the keys of /messages
// that they say. What the first load says comes with it; each page of src/pages that comes later has
// words of its own, which come beside it. Modules that exist only in the build:
//
//   words:en/first     the words of the first load, in English
//   words:en/notices   what src/pages/notices.tsx, and whatever it loads, says beyond these
//   words:pages        for each such page and language, the function that loads its words
//
// A text of the console that nothing says fails the build.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

// One catalogue serves pages, mails and console; the console carries only what it may say.
const spoken = 'console|indicator|meaning|verdict|layer|duration|instance|notice\\.topic';
const mayBeSaid = new RegExp(`^(?:${spoken})\\.`);
const literal = new RegExp(`['"\`]((?:${spoken})\\.[\\w.]*)(\\$\\{)?`, 'g');
const named = new RegExp(`sayNamed\\('((?:${spoken})[\\w.]*)'`, 'g');

/** The keys that a source says, out of `keys`: by name, or all that begin as it says. */
export function keysSaidBy(text, keys) {
  const names = new Set(), beginnings = [];
  for (const [, key, open] of text.matchAll(literal)) {
    if (open) beginnings.push(key);
    else names.add(key);
  }
  for (const [, prefix] of text.matchAll(named)) beginnings.push(`${prefix}.`);
  return keys.filter((key) => names.has(key) || beginnings.some((beginning) => key.startsWith(beginning)));
}

function reached(from, inputs, follow) {
  const found = new Set([from]);
  for (const name of found) {
    for (const { path, kind } of inputs[name]?.imports ?? []) if (follow(kind) && inputs[path]) found.add(path);
  }
  return found;
}

/** Which keys belong to the first load, and which to each page that comes later. */
export function divide(inputs, keys, textOf, entry = 'src/main.tsx') {
  const said = (names) => new Set([...names].flatMap((name) => keysSaidBy(textOf(name), keys)));
  const atOnce = reached(entry, inputs, (kind) => kind === 'import-statement');
  const first = said(atOnce);
  const later = Object.keys(inputs).filter((name) => /^src\/pages\/\w+\.tsx$/.test(name) && !atOnce.has(name));
  const pages = Object.fromEntries(later.sort().map((name) => {
    const words = [...said(reached(name, inputs, () => true))].filter((key) => !first.has(key));
    return [basename(name, '.tsx'), words];
  }));
  const all = new Set([...first, ...Object.values(pages).flat()]);
  const silent = keys.filter((key) => key.startsWith('console.') && !all.has(key));
  if (silent.length > 0) throw new Error(`nothing says ${silent.join(', ')}`);
  return { first: [...first], ...pages };
}

const quoted = JSON.stringify;
const loadersOf = (page, languages) =>
  `${quoted(page)}:{${languages.map((tag) => `${tag}:()=>import(${quoted(`words:${tag}/${page}`)})`).join()}}`;

/** The plugin; with `whole`, everything is in the first part, for what is not divided (tests). */
export function words({ here, messages, whole = false }) {
  const catalogues = () => Object.fromEntries(readdirSync(messages).filter((name) => name.endsWith('.json'))
    .map((name) => [basename(name, '.json'), JSON.parse(readFileSync(join(messages, name), 'utf8'))]));
  let texts = {}, parts = { first: [] };
  return {
    name: 'words',
    setup(build) {
      build.onResolve({ filter: /^words:/ }, ({ path }) => ({ path: path.slice('words:'.length), namespace: 'words' }));
      build.onStart(async () => {
        texts = catalogues();
        const keys = Object.keys(texts.en).filter((key) => mayBeSaid.test(key));
        parts = { first: keys };
        if (whole) return;
        const silence = { name: 'silence', setup: (one) => one.onResolve({ filter: /^words:/ }, ({ path }) => ({ path, external: true })) };
        const { metafile } = await build.esbuild.build({ ...build.initialOptions, plugins: [silence], write: false, metafile: true, logLevel: 'silent' });
        parts = divide(metafile.inputs, keys, (name) => readFileSync(join(here, name), 'utf8'));
      });
      build.onLoad({ filter: /./, namespace: 'words' }, ({ path }) => {
        if (path === 'pages') {
          const pages = Object.keys(parts).filter((part) => part !== 'first');
          return { loader: 'js', resolveDir: here, contents: `export const pages={${pages.map((page) => loadersOf(page, Object.keys(texts))).join()}}` };
        }
        const [tag, part] = path.split('/');
        return { loader: 'json', contents: quoted(Object.fromEntries(parts[part].map((key) => [key, texts[tag][key]]))) };
      });
    },
  };
}
