import type { ComponentType } from 'preact';
import { AccountPage } from '../pages/account';
import { Configuration } from '../pages/configuration';
import { Device } from '../pages/device';
import { EntryPage } from '../pages/entry';
import { Instance } from '../pages/instance';
import { Instances } from '../pages/instances';
import { Invitation } from '../pages/invitation';
import { Ledger } from '../pages/ledger';
import { Missing } from '../pages/missing';
import { Overview } from '../pages/overview';
import { People } from '../pages/people';
import { PersonPage } from '../pages/person';
import { Service } from '../pages/service';
import { SignIn } from '../pages/sign_in';
import { match } from './pattern';

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
  { pattern: '/configuration', Page: page(Configuration) },
  { pattern: '/ledger', Page: page(Ledger) },
  { pattern: '/ledger/:index', Page: page(EntryPage) },
  { pattern: '/people', Page: page(People) },
  { pattern: '/people/:id', Page: page(PersonPage) },
  { pattern: '/accounts/:id', Page: page(Service) },
  { pattern: '/account', Page: page(AccountPage) },
  { pattern: '/sign-in', Page: page(SignIn) },
  { pattern: '/devices', Page: page(Device) },
  { pattern: '/invitations/:token', Page: page(Invitation), open: true },
];
const missing: Route = { pattern: '', Page: page(Missing), open: true };

export function find(path: string): { route: Route; values: Record<string, string> } {
  for (const route of routes) {
    const values = match(route.pattern, path);
    if (values) return { route, values };
  }
  return { route: missing, values: {} };
}
