import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, path, remove, withQuery } from '../api/client';
import type { QuarantinedRecipient, QuarantinePage } from '../api/types';
import { to } from '../app/router';
import { Confirm } from '../parts/confirm';
import { Empty, Failure, Loading } from '../parts/loaded';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { Windowed } from '../parts/windowed';
import { useChanges } from '../state/follow';
import { PagedList } from '../state/paged_list';
import { may } from '../state/session';
import { count, isolated, say } from '../words/catalogue';
import { recipientText } from './notices/recipient';
import { Sections } from './notices/sections';

const atOnce = 500;
const readAgainAfter = 1000;

async function read(_: null, cursor: string | null) {
  const page = await get<QuarantinePage>(withQuery('/api/v1/notifications/quarantine', { limit: atOnce, cursor: cursor ?? undefined }));
  return { items: page.recipients, next: page.next };
}

function line(one: QuarantinedRecipient, index: number) {
  const who = recipientText(one);
  const release = async () => {
    await remove(path`/api/v1/notifications/quarantine/${one.recipient}`);
    notify(say('console.quarantine.released', { who: isolated(who) }));
  };
  return (
    <tr key={one.recipient} aria-rowindex={index + 2}>
      <th scope="row" class="who" dir="auto">{may('read_ledger') ? <a href={`${to('/ledger')}?object=${encodeURIComponent(`recipient/${one.recipient}`)}`}>{who}</a> : who}</th>
      <td class="because" dir="auto">{one.because}</td>
      <td class="since"><When at={one.since} style="dated" /></td>
      <td class="doing">
        <Confirm class="quiet" label={say('console.quarantine.release')} title={say('console.quarantine.release_it', { who: isolated(who) })} does={say('console.quarantine.release')} run={release}>
          <p>{say('console.quarantine.release_about')}</p>
        </Confirm>
      </td>
    </tr>
  );
}

function List() {
  const [list] = useState(() => new PagedList(read, null));
  useEffect(() => void list.again(), [list]);
  useChanges('notifications.', useCallback(() => void list.again(), [list]), readAgainAfter);
  const onEnd = useCallback(() => void list.more(), [list]);
  const { items, next, problem, loading, ready } = list.state.value;
  const failure = problem && !loading && <Failure problem={problem} retry={() => void list.again()} />;
  if (!ready) return failure || <Loading />;
  if (items.length === 0) return <>{failure}<Empty>{say('console.quarantine.empty')}</Empty></>;
  return (
    <>
      {failure}
      <p class="found soft" role="status">{count('console.quarantine.found', items.length)}{next ? '+' : ''}</p>
      <Windowed
        items={items} row={line} columns={4} class="quarantine" caption={say('console.quarantine.title')} onEnd={onEnd}
        head={<>
          <th scope="col" class="who">{say('console.notices.recipient')}</th><th scope="col" class="because">{say('console.quarantine.because')}</th>
          <th scope="col" class="since">{say('console.quarantine.since')}</th><th scope="col" class="doing"><span class="unseen">{say('console.customers.actions')}</span></th>
        </>}
      />
    </>
  );
}

/** Who could not be reached: nothing is sent to them until somebody lets it. */
export function Quarantine() {
  return (
    <Page title={say('console.quarantine.title')}>
      <Sections />
      <p class="soft lead">{say('console.quarantine.about')}</p>
      <List />
    </Page>
  );
}
