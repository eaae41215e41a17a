// For working on the console: serves it from its sources, rebuilt at every load, and passes the
// API on to a running hub.
//
//   node dev.mjs .nocturn/data/hub.sock        as the local operator, who may do everything
//   node dev.mjs http://127.0.0.1:8080         with a sign-in of one's own
//   PORT=8090 (the default)
import { createServer, request as send } from 'node:http';
import { basename, extname } from 'node:path';
import { install, options, page } from './build.mjs';

const hub = process.argv[2] ?? '../.nocturn/data/hub.sock';
const port = Number(process.env.PORT ?? 8090);
const types = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' };

install();
const { context } = await import('esbuild');
const builder = await context({ ...options, minify: false, sourcemap: 'inline', write: false, logLevel: 'info' });
let files = new Map(), index = '';

async function rebuild() {
  const { outputFiles, metafile } = await builder.rebuild();
  files = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  index = page(metafile);
}

function forward(request, response) {
  const target = hub.startsWith('http')
    ? { host: new URL(hub).hostname, port: new URL(hub).port } : { socketPath: hub };
  const onward = send({ ...target, method: request.method, path: request.url, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', (error) => response.headersSent ? response.end() : response.writeHead(502).end(`${error.message}\n`));
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (!pathname.startsWith('/console')) return forward(request, response);
  if (pathname.startsWith('/console/assets/')) {
    const file = files.get(basename(pathname));
    return response.writeHead(file ? 200 : 404, { 'content-type': types[extname(pathname)] ?? 'text/plain' }).end(file);
  }
  try {
    await rebuild();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(index);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/console`));
