import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { asProblem, topOf, type Problem } from '../api/problem';
import { Failure } from './loaded';

interface Props {
  children: (problem: Problem | null) => ComponentChildren;
  /** The values of the named controls; a rejected promise becomes the form's problem. */
  send: (values: Record<string, string>) => Promise<unknown>;
  submit: string;
  class?: string;
  danger?: boolean;
  others?: ComponentChildren;
  /** Resolved empty after a success. */
  reset?: boolean;
}

/** A form that shows what the hub says next to the field it concerns, and the rest below. */
export function Form({ children, send, submit, class: name = '', danger = false, others, reset = false }: Props) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const values: Record<string, string> = {};
    for (const [key, value] of new FormData(form)) if (typeof value === 'string') values[key] = value;
    setBusy(true);
    try {
      await send(values);
      setProblem(null);
      if (reset) form.reset();
    } catch (error) {
      const next = asProblem(error);
      setProblem(next);
      const wrong = next.faults[0] && topOf(next.faults[0]);
      if (wrong) form.querySelector<HTMLElement>(`[name="${CSS.escape(wrong)}"]`)?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class={`form ${name}`} onSubmit={onSubmit}>
      {children(problem)}
      {problem && <Failure problem={problem} />}
      <div class="buttons">
        <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>{submit}</button>
        {others}
      </div>
    </form>
  );
}
