// A list of which only the part near the window is in the document: ten thousand rows cost as
// much as fifty. Every row has the same height, which the style sheet says (--row), and so have
// headings (--heading). The list is there when the page is printed, or as much of it as somebody would carry, and then says so.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useKeys } from '../app/keys';
import { figure, say } from '../words/catalogue';
import { offsetOf, rangeOf } from './window_range';

interface Props<T> {
  items: readonly T[];
  /** One <tr>, whose first link is what Enter, j and k are about. */
  row: (item: T, index: number) => VNode;
  isHeading?: (item: T) => boolean;
  head: ComponentChildren;
  columns: number;
  caption: string;
  class?: string;
  /** Called when the end comes into sight. */
  onEnd?: () => void;
}

const printsAtMost = 2_000;

const pixels = (element: Element, name: string, otherwise: number) => parseFloat(getComputedStyle(element).getPropertyValue(name)) || otherwise;

export function Windowed<T>({ items, row, isHeading, head, columns, caption, class: name = '', onEnd }: Props<T>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [range, setRange] = useState<[number, number]>([0, 60]);
  const heights = useRef({ row: 44, heading: 44 });
  const headings = useMemo(() => (isHeading ? items.flatMap((item, i) => (isHeading(item) ? [i] : [])) : []), [items, isHeading]);
  const offset = (index: number) => offsetOf(index, { ...heights.current, headings });
  const current = useRef(-1);
  const onTheWay = useRef(false);  // the focus, to the row that a key asked for: keys may be faster
  const length = items.length;

  const measure = () => {
    if (!body.current) return;
    const one = pixels(body.current, '--row', 44);
    heights.current = { row: one, heading: pixels(body.current, '--heading', one) };
    const top = -body.current.getBoundingClientRect().top;
    const next = rangeOf(top, top + window.innerHeight, { ...heights.current, headings }, length);
    setRange((old) => (old[0] === next[0] && old[1] === next[1] ? old : next));
    if (next[1] >= length) onEnd?.();
  };
  useLayoutEffect(measure, [items]);
  useEffect(() => {
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        measure();
      });
    };
    const all = () => setRange([0, Math.min(length, printsAtMost)]);
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    addEventListener('beforeprint', all);
    addEventListener('afterprint', soon);
    return () => {
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
      removeEventListener('beforeprint', all);
      removeEventListener('afterprint', soon);
    };
  }, [length, headings, onEnd]);

  const step = (by: number) => {
    const focused = document.activeElement?.closest('tr')?.getAttribute('aria-rowindex');
    if (focused && !onTheWay.current && body.current?.contains(document.activeElement)) current.current = Number(focused) - 2;
    current.current = Math.min(length - 1, Math.max(0, current.current + by));
    if (!body.current || length === 0) return;
    const top = body.current.getBoundingClientRect().top + window.scrollY + offset(current.current);
    if (top < window.scrollY + 120 || top + heights.current.row > window.scrollY + window.innerHeight) {
      window.scrollTo({ top: top - window.innerHeight / 2 });
    }
    measure();
    onTheWay.current = true;
    requestAnimationFrame(() => {
      onTheWay.current = false;
      const row = body.current?.querySelector(`tr[aria-rowindex="${current.current + 2}"]`);
      const link = row?.querySelector('a');
      link?.focus({ preventScroll: true });
      const beyond = current.current + by;
      if (row && !link && beyond >= 0 && beyond < length) step(by);  // a heading
    });
  };
  useKeys([
    { press: 'j', about: 'console.keys.next', run: () => step(1) },
    { press: 'k', about: 'console.keys.previous', run: () => step(-1) },
  ]);

  const [from, until] = [Math.min(range[0], length), Math.min(range[1], length)];
  const gap = (first: number, end: number) => end > first && (
    <tr class="gap" aria-hidden="true"><td colSpan={columns} style={{ height: `${offset(end) - offset(first)}px` }} /></tr>
  );
  return (<>
    <table class={`windowed ${name}`} aria-rowcount={length + 1}>
      <caption class="unseen">{caption}</caption>
      <thead><tr aria-rowindex={1}>{head}</tr></thead>
      <tbody ref={body}>
        {gap(0, from)}
        {items.slice(from, until).map((item, i) => row(item, from + i))}
        {gap(until, length)}
      </tbody>
    </table>
    {length > printsAtMost && <p class="printed">{say('console.printed', { count: figure(printsAtMost), all: figure(length) })}</p>}
  </>);
}
