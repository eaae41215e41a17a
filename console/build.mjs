// Builds the console: npm ci, types of the API, tsc, esbuild; result in build/console/www, and
// build/console/files.list names what the program embeds. Does nothing when no source changed.
//
//   build.mjs            what is shipped
//   build.mjs --force    even when nothing changed
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { words } from './words.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '..');
const out = join(repository, 'build/console');
const www = join(out, 'www');
const openapi = join(repository, 'api/openapi.json');
const symbols = join(repository, 'src/web/templates/symbols.svg');
const messages = join(repository, 'messages');

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

function sources() {
  const single = ['package-lock.json', 'tsconfig.json', 'build.mjs', 'words.mjs', 'index.html'].map((name) => join(here, name));
  return [...single, symbols, openapi,
    ...filesBelow(messages), ...filesBelow(join(here, 'src')), ...filesBelow(join(here, 'style'))];
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(repository, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
// Untouched when nothing differs, so that nothing is built after it.
const write = (file, text) => { if (read(file) !== text) writeFileSync(file, text); };

export function install() {
  execFileSync(join(repository, 'tools/install_node_modules'), [here], { stdio: 'inherit' });
}

// generated/schema.d.ts, from the description that the program itself gives.
export async function generateTypes() {
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const document = JSON.parse(readFileSync(openapi, 'utf8'));
  mkdirSync(join(here, 'generated'), { recursive: true });
  write(join(here, 'generated/schema.d.ts'), astToString(await openapiTS(document)));
}

export const options = {
  absWorkingDir: here,
  entryPoints: { console: 'src/main.tsx' },
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  entryNames: '[name].[hash]',
  chunkNames: 'part.[hash]',
  outdir: join(www, 'assets'),
  metafile: true,
  plugins: [words({ here, messages })],
};

/** What a browser loads at once with this output: itself and what it imports, not what comes later. */
export function loadedWith(name, outputs) {
  const wanted = new Set([name]);
  for (const each of wanted) for (const { kind, path } of outputs[each].imports) if (kind === 'import-statement') wanted.add(path);
  return wanted;
}

// The page, with the names that esbuild gave.
export function page(metafile) {
  const names = Object.entries(metafile.outputs);
  const entry = names.find(([, output]) => output.entryPoint === 'src/main.tsx');
  if (!entry) throw new Error('esbuild made no entry');
  const url = (name) => `/console/assets/${name.split('/').pop()}`;
  return readFileSync(join(here, 'index.html'), 'utf8')
    .replace('{{script}}', url(entry[0]))
    .replace('{{style}}', url(entry[1].cssBundle))
    .replace('{{parts}}', [...loadedWith(entry[0], metafile.outputs)].slice(1).map((name) => `<link rel="modulepreload" href="${url(name)}">`).join('\n'))
    .replace('{{symbols}}', readFileSync(symbols, 'utf8').trim());
}

// Beside each file what a browser gets of it, so that a hub that starts packs nothing.
function packFiles() {
  for (const file of filesBelow(join(www, 'assets'))) {
    const bytes = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } }));
  }
}

async function main() {
  const stamp = join(out, 'stamp');
  const now = fingerprint(sources());
  if (read(stamp) === now && existsSync(join(out, 'files.list')) && !process.argv.includes('--force')) return;
  install();
  await generateTypes();
  execFileSync('node_modules/.bin/tsc', ['--noEmit'], { cwd: here, stdio: 'inherit' });
  const { build } = await import('esbuild');
  rmSync(www, { recursive: true, force: true });
  const { metafile } = await build({ ...options, logLevel: 'warning' });
  packFiles();
  writeFileSync(join(www, 'index.html'), page(metafile));
  write(join(out, 'metafile.json'), JSON.stringify(metafile));
  write(join(out, 'files.list'), filesBelow(www).map((file) => `${file}\n`).join(''));
  write(stamp, now);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    if (!error.status) console.error(error); // tsc and npm have said it themselves
    process.exit(1);
  }
}
