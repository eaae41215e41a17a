import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { get, path, withQuery } from '../../api/client';
import type { Delivery, DeliveryPage, NoticeWithTellings } from '../../api/types';
import { place, setQuery, to } from '../../app/router';
import { Empty, Failure, Loading } from '../../parts/loaded';
import { When } from '../../parts/when';
import { Windowed } from '../../parts/windowed';
import { PagedList } from '../../state/paged_list';
import { useChanges } from '../../state/follow';
import { may } from '../../state/session';
import { count, figure, isolated, say, sayNamed } from '../../words/catalogue';
import { byOutcome, lettersOf, outcomeOf, outcomes } from '../notices/outcomes';
import { recipientText } from '../notices/recipient';

const atOnce = 1000;
const readAgainAfter = 2000;
const readManyAgainAfter = 10_000;

function line(delivery: Delivery, index: number, entries: ReadonlyMap<number, number>) {
  const { id, number, channel, state, settled_at, due, tries, said } = delivery;
  const entry = entries.get(number);
  return (
    <tr key={id} aria-rowindex={index + 2}>
      <th scope="row" class="who" dir="auto">{recipientText(delivery)}</th>
      <td class="number entry">{entry !== undefined && may('read_ledger') ? <a href={to(`/ledger/${entry}`)} aria-label={say('console.notices.telling_proof', { number: figure(number) })}>{figure(number)}</a> : figure(number)}</td>
      <td class="channel">{sayNamed('console.notices.channel', channel)}</td>
      <td class="state"><span class={`badge ${lettersOf[outcomeOf(state)]}`}>{sayNamed('console.notices.delivery', state)}</span></td>
      <td class="time">{settled_at ? <When at={settled_at} style="full" /> : <span class="soft">{say('console.notices.due')} <When at={due} /></span>}</td>
      <td class="said" dir="auto">{tries > 0 && `${count('console.notices.tries', tries)} `}{isolated(said)}</td>
    </tr>
  );
}

function Filter({ chosen, notice }: { chosen: string; notice: NoticeWithTellings['notice'] }) {
  const counts = byOutcome(notice.deliveries);
  const all = outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
  const chip = (value: string, name: string, number: number, letter: string) => (
    <button key={value} type="button" class={`chip ${letter}`} aria-pressed={value === chosen} onClick={() => setQuery({ state: value })}>{name} <strong>{figure(number)}</strong></button>
  );
  return (
    <div class="chips filters" role="group" aria-label={say('console.notices.show')}>
      {chip('', say('console.notices.all'), all, '')}
      {outcomes.map((outcome) => chip(outcome, say(`console.notices.outcome.${outcome}`), counts[outcome], lettersOf[outcome]))}
    </div>
  );
}

/** Who was told, and what became of it. */
export function Deliveries({ about: { notice, tellings } }: { about: NoticeWithTellings }) {
  const state = place.value.query.get('state') ?? '';
  const [list] = useState(() => new PagedList(async (filter: string, cursor: string | null) => {
    const page = await get<DeliveryPage>(withQuery(path`/api/v1/notifications/notices/${notice.id}/deliveries`, { state: filter, limit: atOnce, cursor: cursor ?? undefined }));
    return { items: page.deliveries, next: page.next };
  }, state));
  useEffect(() => void list.show(state), [list, state]);
  const many = list.state.value.items.length > 2 * atOnce;
  useChanges('notifications.', useCallback(() => void list.again(), [list]), many ? readManyAgainAfter : readAgainAfter);
  const onEnd = useCallback(() => void list.more(), [list]);
  const entries = useMemo(() => new Map(tellings.map((telling) => [telling.number, telling.entry])), [tellings]);
  const { items, problem, loading, ready } = list.state.value;
  return (
    <section class="deliveries-of" aria-labelledby="deliveries">
      <h2 id="deliveries">{say('console.notices.deliveries')}</h2>
      <Filter chosen={state} notice={notice} />
      {problem && !loading && <Failure problem={problem} retry={() => void list.again()} />}
      {!ready ? !problem && <Loading /> : items.length === 0 ? <Empty>{say('console.notices.no_deliveries')}</Empty> : (
        <Windowed
          items={items} row={(delivery, index) => line(delivery, index, entries)} columns={6} class="deliveries" caption={say('console.notices.deliveries')} onEnd={onEnd}
          head={<>
            <th scope="col" class="who">{say('console.notices.recipient')}</th><th scope="col" class="number entry">{say('console.notices.telling')}</th>
            <th scope="col" class="channel">{say('console.notices.by')}</th><th scope="col" class="state">{say('console.notices.outcome')}</th>
            <th scope="col" class="time">{say('console.notices.when')}</th><th scope="col" class="said">{say('console.notices.said')}</th>
          </>}
        />
      )}
    </section>
  );
}
