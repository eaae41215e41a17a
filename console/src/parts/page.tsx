import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { place } from '../app/router';
import { say } from '../words/catalogue';

interface Props {
  title: string;
  /** Before the title: where this page hangs. */
  trail?: ComponentChildren;
  /** Beside the title. */
  actions?: ComponentChildren;
  children: ComponentChildren;
  heading?: ComponentChildren;
}

let shown = '';

/** Title, and the focus on it after a step to another page, so that a screen reader reads it. */
export function Page({ title, trail, actions, children, heading }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  const path = place.value.path;
  useEffect(() => {
    document.title = `${title} · ${say('console.title')}`;
  }, [title]);
  useLayoutEffect(() => {
    if (shown && shown !== path && !document.querySelector('dialog[open]')) head.current?.focus({ preventScroll: true });
    shown = path;
  }, [path]);
  return (
    <>
      <header class="page-head">
        {trail && <nav class="trail" aria-label={say('console.trail')}>{trail}</nav>}
        <div>
          <h1 ref={head} tabIndex={-1}>{heading ?? title}</h1>
          {actions && <div class="actions">{actions}</div>}
        </div>
      </header>
      {children}
    </>
  );
}
