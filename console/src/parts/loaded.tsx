import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/problem';
import type { Resource } from '../state/resource';
import { say } from '../words/catalogue';
import { Icon } from './icon';

/** What went wrong, in words for a person. */
export function explain(problem: Problem): string {
  if (problem.status === 0) return say('console.failed.unreachable');
  if (problem.status === 412) return say('console.failed.conflict');
  if (problem.status === 403) return `${say('console.failed.forbidden')} ${problem.detail}`;
  if (problem.status === 429) return say('console.failed.limited', { seconds: problem.retryAfter ?? 60 });
  return problem.detail || problem.title || say('console.failed.unknown', { status: problem.status });
}

export function Failure({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <p>{explain(problem)}</p>
      {retry && <button type="button" onClick={retry}>{say('console.retry')}</button>}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

export function Loading() {
  return <div class="loading" role="status"><span class="bars" aria-hidden="true" />{say('console.loading')}</div>;
}

interface Props<T> {
  resource: Resource<T>;
  children: (data: T) => ComponentChildren;
  /** A skeleton in place of "loading". */
  waiting?: ComponentChildren;
}

/** Loading, failed with a way to try again, or the thing itself; a reload that fails keeps the old. */
export function Loaded<T>({ resource, children, waiting = <Loading /> }: Props<T>) {
  const { data, problem, loading } = resource.reading.value;
  const retry = () => void resource.reload();
  if (data === undefined) return problem && !loading ? <Failure problem={problem} retry={retry} /> : <>{waiting}</>;
  return (
    <>
      {problem && <Failure problem={problem} retry={retry} />}
      {children(data)}
    </>
  );
}
