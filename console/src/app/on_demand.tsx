// A page whose script comes when somebody first goes there: the first load carries only what most
// people see first. Its words come beside it, so that nothing is drawn without them. The file's name has its hash, and a hub that was updated meanwhile has others:
// then the page cannot come, and says what helps.
import type { ComponentType } from 'preact';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loaded';
import { Page } from '../parts/page';
import { learn, say } from '../words/catalogue';

function NotLoaded() {
  return (
    <Page title={say('console.not_loaded.title')}>
      <div class="failure" role="alert">
        <Icon name="warning" />
        <p>{say('console.not_loaded.text')}</p>
        <button type="button" onClick={() => location.reload()}>{say('console.not_loaded.reload')}</button>
      </div>
    </Page>
  );
}

export type OnDemand<P> = ComponentType<P> & { fetch: () => Promise<void> };

/** `load` is asked once, and again only after it failed and the reader came (back). `fetch` has the
 *  page come beforehand, and says nothing when it does not. */
export function onDemand<P extends object>(name: string, load: () => Promise<ComponentType<P>>): OnDemand<P> {
  const Shown = signal<ComponentType<P> | null>(null);
  const failed = signal(false);
  let coming: Promise<void> | null = null;
  const come = async () => {
    const [Page] = await Promise.all([load(), learn(name)]);
    Shown.value = Page;
  };
  const fetch = () => {
    if (Shown.peek()) return Promise.resolve();
    coming ??= come().finally(() => (coming = null));
    return coming;
  };
  const show = () => {
    failed.value = false;
    fetch().catch(() => (failed.value = true));
  };
  function Page(properties: P) {
    useEffect(show, []);
    if (Shown.value) return <Shown.value {...properties} />;
    return failed.value ? <NotLoaded /> : <Loading />;
  }
  return Object.assign(Page, { fetch: () => fetch().catch(() => undefined) });
}
