// Bundles the tests of the pure parts and runs them, and those of the build:  node test/run.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateTypes, install } from '../build.mjs';
import { words } from '../words.mjs';

const here = dirname(fileURLToPath(import.meta.url));
install();
await generateTypes();
const { build } = await import('esbuild');
const out = mkdtempSync(join(tmpdir(), 'nocturn-console-test-'));
try {
  execFileSync('node_modules/.bin/tsc', ['--noEmit', '-p', 'test'], { cwd: join(here, '..'), stdio: 'inherit' });
  await build({
    entryPoints: readdirSync(here).filter((name) => name.endsWith('.test.ts')).map((name) => join(here, name)),
    outdir: out, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', target: 'es2022',
    jsx: 'automatic', jsxImportSource: 'preact', banner: { js: "import './globals.mjs';" }, external: ['./globals.mjs'],
    logLevel: 'warning', plugins: [words({ here: join(here, '..'), messages: join(here, '../../messages'), whole: true })],
  });
  await build({ entryPoints: [join(here, 'globals.mjs')], outdir: out, outExtension: { '.js': '.mjs' } });
  execFileSync('node', ['--test', '--test-reporter=spec', ...[out, here].flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).map((name) => join(folder, name)))], { stdio: 'inherit' });
} catch (error) {
  process.exitCode = error.status ?? 1;
  if (!error.status) console.error(error);
} finally {
  rmSync(out, { recursive: true, force: true });
}
