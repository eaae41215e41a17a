import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { get } from '../api/client';
import type { Notice, NoticePage } from '../api/types';
import { useKeys } from '../app/keys';
import { go, place, setQuery, to } from '../app/router';
import { Icon } from '../parts/icon';
import { Indicator } from '../parts/indicator';
import { Empty, Failure, Loading } from '../parts/loaded';
import { Page } from '../parts/page';
import { Age, When } from '../parts/when';
import { Windowed } from '../parts/windowed';
import { useChanges } from '../state/follow';
import { PagedList } from '../state/paged_list';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { count, isolated, say, sayNamed } from '../words/catalogue';
import { InstanceFilter } from './notices/instance_filter';
import { affectedBy, nameOf, titleOf } from './notices/names';
import { isHeading, readNotices, withHeadings, type Line, type Wanted } from './notices/notice_pages';
import { byOutcome } from './notices/outcomes';
import { Sections } from './notices/sections';

const readAgainAfter = 2500;
const states = ['', 'open', 'over'] as const;
type State = (typeof states)[number];

function Counts({ notice }: { notice: Notice }) {
  const { queued, sent, failed } = byOutcome(notice.deliveries);
  return (
    <>
      {notice.tellings === 0 && say('console.notices.told_nobody')}
      {sent > 0 && <span>{count('console.notices.sent', sent)}</span>}
      {queued > 0 && <span>{count('console.notices.queued', queued)}</span>}
      {failed > 0 && <span class="warn">{count('console.notices.failed', failed)}</span>}
    </>
  );
}

function line(item: Line, index: number) {
  if (item.kind === 'group') {
    return <tr key={`group/${item.open}`} class="group" aria-rowindex={index + 2}><th scope="rowgroup" colSpan={5}>{say(item.open ? 'console.notices.open' : 'console.notices.over')}</th></tr>;
  }
  const { notice } = item, title = titleOf(notice), affected = affectedBy(notice);
  const step = notice.latest ? sayNamed('console.notices.step', notice.latest.step) : '';
  return (
    <tr key={notice.id} aria-rowindex={index + 2}>
      <td class="state">{notice.closed_at === null && notice.indicator ? <Indicator indicator={notice.indicator} /> : <span class="soft">{step}</span>}</td>
      <th scope="row" class="name"><a href={to(`/notices/${notice.id}`)}>{title}</a>{title !== affected && <small> {affected}</small>}</th>
      <td class="topic">{say(`notice.topic.${notice.topic}`)}</td>
      <td class="since"><When at={notice.opened_at} /></td>
      <td class="deliveries"><Counts notice={notice} /></td>
    </tr>
  );
}

/** What keeps mail from going out, and what waits. */
function Standing() {
  const resource = useResource('standing', (signal) => get<NoticePage>('/api/v1/notifications/notices?limit=1', { signal }));
  useChanges('notifications.', useCallback(() => void resource.reload(), [resource]), readAgainAfter);
  const data = resource.reading.value.data;
  if (!data) return null;
  const { queued, tried, oldest, complaint } = data.waiting;
  return (
    <>
      {!data.configured && <div class="failure" role="status"><Icon name="warning" /><p>{say('console.notices.not_configured')}</p></div>}
      {complaint && <div class="failure" role="status"><Icon name="warning" /><p>{say('console.notices.complaint')} <bdi>{complaint}</bdi></p></div>}
      {queued > 0 && (
        <p class="found soft" role="status">
          {count('console.notices.waiting', queued)}{tried > 0 && ` · ${count('console.notices.tried', tried)}`}{oldest && <> · {say('console.notices.oldest')} <Age of={oldest} /></>}
        </p>
      )}
    </>
  );
}

function Filter({ state, instance }: Wanted) {
  return (
    <div class="filters" role="search" aria-label={say('console.notices.show')}>
      <div class="chips" role="group" aria-label={say('console.notices.state')}>
        {states.map((each) => (
          <button key={each} type="button" class="chip" aria-pressed={each === state} onClick={() => setQuery({ state: each })}>
            {say(each === '' ? 'console.notices.all' : each === 'open' ? 'console.notices.open' : 'console.notices.over')}
          </button>
        ))}
      </div>
      <InstanceFilter instance={instance} choose={(id) => setQuery({ instance: id })} />
    </div>
  );
}

function NoneYet() {
  return (
    <Empty>
      <p>{say('console.notices.empty')}</p>
      {may('send_notices') && <p><a class="button" href={to('/notices/new')}>{say('console.notices.write')}</a></p>}
    </Empty>
  );
}

function none(state: State, instance: string): string {
  if (instance) return say('console.notices.none_about', { name: isolated(nameOf(instance)) });
  return say(state === 'open' ? 'console.notices.none_open' : 'console.notices.none_over');
}

function List() {
  const { query } = place.value, instance = query.get('instance') ?? '';
  const state = states.find((each) => each === query.get('state')) ?? '';
  const [list] = useState(() => new PagedList(readNotices, { state, instance }));
  useEffect(() => void list.show({ state, instance }), [list, state, instance]);
  useChanges('notifications.', useCallback(() => void list.again(), [list]), readAgainAfter);
  const onEnd = useCallback(() => void list.more(), [list]);
  const { items, next, problem, loading, ready } = list.state.value;
  const lines = useMemo(() => withHeadings(items), [items]);
  const failure = problem && !loading && <Failure problem={problem} retry={() => void list.again()} />;
  if (!ready) return failure || <Loading />;
  if (items.length === 0 && !state && !instance) return <>{failure}<NoneYet /></>;
  return (
    <>
      <Filter state={state} instance={instance} />
      {failure}
      <p class="found soft" role="status">{count('console.notices.found', items.length)}{next ? '+' : ''}</p>
      {items.length === 0 ? <Empty>{none(state, instance)}</Empty> : (
        <Windowed
          items={lines} row={line} isHeading={isHeading} columns={5} class="notice-list" caption={say('console.notices.title')} onEnd={onEnd}
          head={<>
            <th scope="col" class="state">{say('console.notices.state')}</th><th scope="col" class="name">{say('console.notices.what')}</th>
            <th scope="col" class="topic">{say('console.notices.topic')}</th><th scope="col" class="since">{say('console.notices.began')}</th>
            <th scope="col" class="deliveries">{say('console.notices.deliveries')}</th>
          </>}
        />
      )}
    </>
  );
}

/** What was told to those who follow instances, and whether it arrived. */
export function NoticeList() {
  const writes = may('send_notices');
  useKeys(writes ? [{ press: 'n', about: 'console.notices.write', run: () => go('/notices/new') }] : []);
  return (
    <Page title={say('console.notices.title')} actions={writes && <a class="button primary" href={to('/notices/new')}><Icon name="notices" /> {say('console.notices.write')}</a>}>
      <Sections />
      <Standing />
      <List />
    </Page>
  );
}
