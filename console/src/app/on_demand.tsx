// A page whose script comes when somebody first goes there: the first load carries only what most
// people see first. The file's name has its hash, and a hub that was updated meanwhile has others:
// then the page cannot come, and says what helps.
import type { ComponentType } from 'preact';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loaded';
import { Page } from '../parts/page';
import { say } from '../words/catalogue';

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

/** `load` is asked once, and again only after it failed and the reader came back. */
export function onDemand<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Shown = signal<ComponentType<P> | null>(null);
  const failed = signal(false);
  let coming = false;
  const fetch = async () => {
    if (coming || Shown.peek()) return;
    coming = true;
    failed.value = false;
    try {
      Shown.value = await load();
    } catch {
      failed.value = true;
    }
    coming = false;
  };
  return function OnDemand(properties: P) {
    useEffect(() => void fetch(), []);
    if (Shown.value) return <Shown.value {...properties} />;
    return failed.value ? <NotLoaded /> : <Loading />;
  };
}
