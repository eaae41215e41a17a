import type { ComponentType } from 'preact';
import { Missing } from '../pages/missing';
import { Overview } from '../pages/overview';
import { SignIn } from '../pages/sign_in';
import { onDemand, type OnDemand } from './on_demand';
import { match } from './pattern';

export interface Route {
  pattern: string;
  Page: ComponentType<Record<string, string>> | OnDemand<Record<string, string>>;
  /** Shown without a session, too. */
  open?: true;
}

// Values of the pattern become properties of the page.
const page = <P,>(Page: ComponentType<P>) => Page as unknown as ComponentType<Record<string, string>>;
const later = <P extends object>(name: string, load: () => Promise<ComponentType<P>>) => onDemand(name, load) as unknown as OnDemand<Record<string, string>>;

const Instance = later('instance', async () => (await import('../pages/instance')).Instance);

/** What most people see first is in the first load; every other page comes when it is gone to. */
export const routes: readonly Route[] = [
  { pattern: '/', Page: page(Overview) },
  { pattern: '/instances', Page: later('instances', async () => (await import('../pages/instances')).Instances) },
  { pattern: '/instances/:id', Page: Instance },
  { pattern: '/instances/:id/:check', Page: Instance },
  { pattern: '/customers', Page: later('customers', async () => (await import('../pages/customers')).Customers) },
  { pattern: '/customers/import', Page: later('customer_import', async () => (await import('../pages/customer_import')).CustomerImport) },
  { pattern: '/customers/:id', Page: later('customer', async () => (await import('../pages/customer')).Customer) },
  { pattern: '/notices', Page: later('notices', async () => (await import('../pages/notices')).NoticeList) },
  { pattern: '/notices/new', Page: later('note', async () => (await import('../pages/note')).Note) },
  { pattern: '/notices/subscriptions', Page: later('subscriptions', async () => (await import('../pages/subscriptions')).Subscriptions) },
  { pattern: '/notices/quarantine', Page: later('quarantine', async () => (await import('../pages/quarantine')).Quarantine) },
  { pattern: '/notices/:id', Page: later('notice', async () => (await import('../pages/notice')).NoticePage) },
  { pattern: '/configuration', Page: later('configuration', async () => (await import('../pages/configuration')).Configuration) },
  { pattern: '/ledger', Page: later('ledger', async () => (await import('../pages/ledger')).Ledger) },
  { pattern: '/ledger/:index', Page: later('entry', async () => (await import('../pages/entry')).EntryPage) },
  { pattern: '/people', Page: later('people', async () => (await import('../pages/people')).People) },
  { pattern: '/people/:id', Page: later('person', async () => (await import('../pages/person')).PersonPage) },
  { pattern: '/accounts/:id', Page: later('service', async () => (await import('../pages/service')).Service) },
  { pattern: '/account', Page: later('account', async () => (await import('../pages/account')).AccountPage) },
  { pattern: '/sign-in', Page: page(SignIn) },
  { pattern: '/devices', Page: later('device', async () => (await import('../pages/device')).Device) },
  { pattern: '/invitations/:token', Page: later('invitation', async () => (await import('../pages/invitation')).Invitation), open: true },
];
const missing: Route = { pattern: '', Page: page(Missing), open: true };

export function find(path: string): { route: Route; values: Record<string, string> } {
  for (const route of routes) {
    const values = match(route.pattern, path);
    if (values) return { route, values };
  }
  return { route: missing, values: {} };
}

/** Has the page of this place come beforehand, unless it is there. */
export async function fetchPage(path: string): Promise<void> {
  const { Page } = find(path).route;
  if ('fetch' in Page) await Page.fetch();
}
