import { useEffect } from 'preact/hooks';
import { get, path } from '../api/client';
import { on } from '../api/live';
import { to } from '../app/router';
import type { InstanceRow } from '../api/types';
import { Loaded } from '../parts/loaded';
import { Sign, letterOf } from '../parts/indicator';
import { Page } from '../parts/page';
import { Age, When } from '../parts/when';
import { useResource } from '../state/resource';
import { detailsOf } from '../state/rows';
import { may } from '../state/session';
import { language, say, sayNamed } from '../words/catalogue';
import { CheckPanel } from './instance/check_panel';
import { Checks } from './instance/checks';
import { Declaration } from './instance/declaration';
import { Tenants } from './instance/tenants';
import { Timeline } from './instance/timeline';

const refreshEvery = 15_000;

function Head({ row }: { row: InstanceRow }) {
  return (
    <section class={`state-card ${letterOf(row.indicator)}`} aria-label={say('console.instance.now')}>
      <Sign indicator={row.indicator} />
      <div>
        <p class="big"><span class="word">{say(`indicator.${row.indicator}`)}</span> <span class="soft"><Age of={row.since} /> · <When at={row.since} /></span></p>
        <p><bdi>{detailsOf(row)}</bdi></p>
        {row.contradiction && <p class="warn">{say('console.instance.contradiction', { measured: sayNamed('verdict', row.measured) })}</p>}
      </div>
      <dl class="facts">
        <div><dt>{say('instance.product')}</dt><dd><bdi>{row.product}</bdi></dd></div>
        <div><dt>{say('instance.territory')}</dt><dd><bdi>{row.territory}</bdi></dd></div>
        <div><dt>{say('instance.tenancy')}</dt><dd>{sayNamed('instance', row.tenancy)}</dd></div>
        <div><dt>{say('console.instance.measured')}</dt><dd>{sayNamed('verdict', row.measured)}</dd></div>
      </dl>
    </section>
  );
}

/** One instance: its row, a person's word over it, its checks, and one check in depth. */
export function Instance({ id, check }: { id: string; check?: string }) {
  const resource = useResource(`${id} ${language.value}`, (signal) => get<InstanceRow>(path`/api/v1/status/${id}`, { signal }));
  useEffect(() => {
    const again = () => void resource.reload();
    const timer = setInterval(again, refreshEvery);  // checks report more often than rows change
    const stops = [on('row', (event) => event.id === id && again()), on('reset', again), on('config', again)];
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }, [resource]);
  const name = resource.reading.value.data?.name ?? id;
  return (
    <Page title={name} heading={<bdi>{name}</bdi>} trail={<a href={to('/instances')}>{say('console.instances.title')}</a>}
      actions={<>
        {may('send_notices') && <a class="button" href={`${to('/notices/new')}?instance=${encodeURIComponent(id)}`}>{say('console.notices.write')}</a>}
        <a class="button" href={`/instances/${encodeURIComponent(id)}`} target="_blank" rel="noopener">{say('console.public_page')}</a>
      </>}>
      <Loaded resource={resource}>
        {(row) => (
          <div class="instance">
            <Head row={row} />
            {may('declare_status') && <Declaration row={row} changed={() => void resource.reload()} />}
            <Checks row={row} chosen={check} />
            {check && row.checks.some(({ name: one }) => one === check) && <CheckPanel key={check} instance={id} check={check} />}
            <Timeline instance={id} />
            {may('read_customers') && <Tenants instance={id} />}
            <p class="soft small">{say('console.instance.id')} <code>{row.id}</code>{' '}
              {may('read_ledger') && <a href={`${to('/ledger')}?object=${encodeURIComponent(`instance/${row.id}`)}`}>{say('console.instance.in_ledger')}</a>}
              {may('read_notices') && <> · <a href={`${to('/notices')}?instance=${encodeURIComponent(row.id)}`}>{say('console.instance.notices')}</a></>}</p>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

