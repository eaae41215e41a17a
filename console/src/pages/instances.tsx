import { useMemo } from 'preact/hooks';
import { place, setQuery, to } from '../app/router';
import type { Row } from '../api/types';
import { Empty, Loaded } from '../parts/loaded';
import { Indicator, letterOf } from '../parts/indicator';
import { Page } from '../parts/page';
import { Age } from '../parts/when';
import { Windowed } from '../parts/windowed';
import { board, countByIndicator, detailsOf, indicators } from '../state/rows';
import { count, figure, say, sayNamed } from '../words/catalogue';
import { arrange, groupings, isHeading, type Grouping, type Line } from './instances_filter';

function Filters({ rows }: { rows: readonly Row[] }) {
  const query = place.value.query;
  const counts = countByIndicator(rows);
  const chosen = (query.get('state') ?? '').split(',').filter(Boolean);
  const toggle = (state: string) =>
    setQuery({ state: (chosen.includes(state) ? chosen.filter((one) => one !== state) : [...chosen, state]).join(',') });
  return (
    <div class="filters instances-filters" role="search">
      <input
        type="search" aria-label={say('console.instances.search')} placeholder={say('console.instances.search')} dir="auto"
        value={query.get('q') ?? ''} onInput={(event) => setQuery({ q: event.currentTarget.value })}
      />
      <div class="chips" role="group" aria-label={say('console.instances.states')}>
        {indicators.map((state) => (
          <button key={state} type="button" class={`chip ${letterOf(state)}`} aria-pressed={chosen.includes(state)} onClick={() => toggle(state)}>
            <Indicator indicator={state} /> <small>{figure(counts[state])}</small>
          </button>
        ))}
      </div>
    </div>
  );
}

function Groups({ chosen }: { chosen: string }) {
  return (
    <label class="inline">{say('console.instances.group')}{' '}
      <select value={chosen} onChange={(event) => setQuery({ group: event.currentTarget.value === 'none' ? '' : event.currentTarget.value })}>
        {groupings.map((grouping) => <option key={grouping} value={grouping}>{say(`console.instances.group_${grouping}`)}</option>)}
      </select>
    </label>
  );
}

function line(item: Line, index: number) {
  if (item.kind === 'group') {
    return <tr key={`group/${item.name}`} class="group" aria-rowindex={index + 2}><th scope="rowgroup" colSpan={6}><bdi>{item.name}</bdi> <small>{figure(item.size)}</small></th></tr>;
  }
  const { row } = item;
  return (
    <tr key={row.id} aria-rowindex={index + 2} class={row.indicator === 'normal' ? 'calm' : 'alarming'}>
      <td class="state"><Indicator indicator={row.indicator} /></td>
      <th scope="row" class="name" dir="auto"><a href={to(`/instances/${encodeURIComponent(row.id)}`)}>{row.name}</a></th>
      <td class="since"><Age of={row.since} /></td>
      <td class="details"><div dir="auto">{row.indicator === 'normal' && !row.contradiction ? '' : detailsOf(row)}</div></td>
      <td class="measured">{row.contradiction ? <strong>{sayNamed('verdict', row.measured)}</strong> : sayNamed('verdict', row.measured)}</td>
      <td class="where"><bdi>{row.product}</bdi> · <bdi>{row.territory}</bdi></td>
    </tr>
  );
}

function List({ rows }: { rows: readonly Row[] }) {
  const query = place.value.query;
  const [text, state, group] = [query.get('q') ?? '', query.get('state') ?? '', query.get('group') ?? 'none'];
  const lines = useMemo(() => arrange(rows, text, state.split(',').filter(Boolean), group as Grouping), [rows, text, state, group]);
  const found = lines.reduce((sum, one) => sum + (one.kind === 'row' ? 1 : 0), 0);
  if (rows.length === 0) return <Empty>{say('console.instances.empty')}</Empty>;
  return (
    <>
      <Filters rows={rows} />
      <div class="found">
        <p class="soft" role="status">{count('console.instances.found', found)}</p>
        <Groups chosen={group} />
      </div>
      {found === 0 ? (
        <Empty>{say('console.instances.none_fits')}{' '}
          <button type="button" onClick={() => setQuery({ q: '', state: '' })}>{say('console.instances.show_all')}</button>
        </Empty>
      ) : (
        <Windowed
          items={lines} row={line} isHeading={isHeading} columns={6} class="instances" caption={say('console.instances.title')}
          head={<>
            <th scope="col" class="state">{say('console.instances.state')}</th><th scope="col" class="name">{say('console.instances.instance')}</th>
            <th scope="col" class="since">{say('console.instances.since')}</th><th scope="col" class="details">{say('console.instances.details')}</th>
            <th scope="col" class="measured">{say('console.instances.measured')}</th><th scope="col" class="where">{say('console.instances.where')}</th>
          </>}
        />
      )}
    </>
  );
}

/** Every instance: found by words, filtered by state, grouped. */
export function Instances() {
  return (
    <Page title={say('console.instances.title')}>
      <Loaded resource={board}>{({ rows }) => <List rows={rows} />}</Loaded>
    </Page>
  );
}
