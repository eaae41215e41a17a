import type { ComponentType } from 'preact';
import { Instance } from '../pages/instance';
import { Instances } from '../pages/instances';
import { Missing } from '../pages/missing';
import { Overview } from '../pages/overview';
import { match } from './router';

export interface Route {
  pattern: string;
  Page: ComponentType<Record<string, string>>;
  /** Shown without a session, too. */
  open?: true;
}

// Values of the pattern become properties of the page.
const page = <P,>(Page: ComponentType<P>) => Page as unknown as ComponentType<Record<string, string>>;

export const routes: readonly Route[] = [
  { pattern: '/', Page: page(Overview) },
  { pattern: '/instances', Page: page(Instances) },
  { pattern: '/instances/:id', Page: page(Instance) },
  { pattern: '/instances/:id/:check', Page: page(Instance) },
];
const missing: Route = { pattern: '', Page: page(Missing), open: true };

export function find(path: string): { route: Route; values: Record<string, string> } {
  for (const route of routes) {
    const values = match(route.pattern, path);
    if (values) return { route, values };
  }
  return { route: missing, values: {} };
}
