// The one place that talks HTTP to the hub. Sends the CSRF token with whatever changes something,
// turns problem documents into Problem, and tells whoever cares when the session has ended. What the
// hub puts into sentences comes in the reader's language.
import { language } from '../words/catalogue';
import { Problem, type Fault } from './problem';

let csrf = '';
let onSignedOut: () => void = () => undefined;

export function useCsrf(token: string): void {
  csrf = token;
}
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
interface Options {
  body?: unknown;
  /** The version that the caller saw; the hub refuses with 412 when somebody else was first. */
  version?: string | number | undefined;
  /** Done once only, however often it is sent with the same key. */
  key?: string | undefined;
  signal?: AbortSignal | undefined;
  /** A 401 is an answer here, and not the end of the session. */
  signingIn?: boolean;
}

interface ProblemDocument {
  title?: string;
  detail?: string;
  faults?: Fault[];
  code_required?: boolean;
}

async function problemOf(response: Response): Promise<Problem> {
  let document: ProblemDocument = {};
  try {
    document = (await response.json()) as ProblemDocument;
  } catch {
    document = { title: response.statusText };
  }
  const wait = Number(response.headers.get('retry-after'));
  return new Problem(response.status, document.title ?? '', document.detail ?? '', document.faults ?? [],
    document.code_required ?? false, wait > 0 ? wait : null);
}

async function call<T>(method: Method, path: string, { body, version, key, signal, signingIn = false }: Options = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language.peek() };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrf) headers['x-csrf-token'] = csrf;
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  if (key !== undefined) headers['idempotency-key'] = key;
  let response: Response;
  try {
    response = await fetch(path, {
      method, headers, credentials: 'same-origin', cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, 'unavailable', '');
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401 && !signingIn) onSignedOut();
    throw problem;
  }
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

export const get = <T>(path: string, options?: Options) => call<T>('GET', path, options);
export const post = <T>(path: string, body?: unknown, options?: Options) => call<T>('POST', path, { ...options, body });
export const put = <T>(path: string, body: unknown, options?: Options) => call<T>('PUT', path, { ...options, body });
export const patch = <T>(path: string, body: unknown, options?: Options) => call<T>('PATCH', path, { ...options, body });
/** `body` only where the API asks for one. */
export const remove = <T>(path: string, options?: Options) => call<T>('DELETE', path, options);

/** "/api/v1/a/{b}" with its parameters escaped: path`/api/v1/people/${id}`. */
export function path(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce((whole, part, i) => whole + encodeURIComponent(String(values[i - 1])) + part);
}

/** With the query's parameters that have a value. */
export function withQuery(base: string, query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value));
  return search.size > 0 ? `${base}?${search}` : base;
}
