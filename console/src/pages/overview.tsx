import { to } from '../app/router';
import type { Indicator as Name, Row } from '../api/types';
import { Empty, Loaded } from '../parts/loaded';
import { Indicator, Sign, letterOf } from '../parts/indicator';
import { Page } from '../parts/page';
import { Age, When } from '../parts/when';
import { board, countByIndicator, detailsOf, indicators, worstFirst } from '../state/rows';
import { count, doer, figure, say, sayNamed } from '../words/catalogue';

/** In a sentence: the worst that there is, and at how many instances. */
function headline(rows: readonly Row[]): { worst: Name; text: string } {
  const counts = countByIndicator(rows);
  for (const worst of ['interruption', 'performance', 'maintenance', 'information'] as const) {
    if (counts[worst] > 0) return { worst, text: count(`console.overview.${worst}`, counts[worst]) };
  }
  return { worst: 'normal', text: rows.length === 0 ? say('console.overview.none') : count('console.overview.normal', rows.length) };
}

export function Trouble({ row }: { row: Row }) {
  return (
    <li class={`trouble ${letterOf(row.indicator)}`}>
      <Sign indicator={row.indicator} />
      <div>
        <h3><a href={to(`/instances/${encodeURIComponent(row.id)}`)}><bdi>{row.name}</bdi></a> <span class="word">{say(`indicator.${row.indicator}`)}</span></h3>
        <p><bdi>{detailsOf(row)}</bdi></p>
        {row.declared && <p class="soft">{say('console.declared_by', { name: doer(row.declared.by) })} <When at={row.declared.at} /></p>}
      </div>
      <p class="since"><strong><Age of={row.since} /></strong><small><When at={row.since} /></small></p>
    </li>
  );
}

function Contradiction({ row }: { row: Row }) {
  return (
    <li>
      <a href={to(`/instances/${encodeURIComponent(row.id)}`)}><bdi>{row.name}</bdi></a>
      <span>{say('console.declared')} <Indicator indicator={row.indicator} /></span>
      <span>{say('console.measured')} <strong>{sayNamed('verdict', row.measured)}</strong></span>
      {row.declared && <span class="soft">{say('console.declared_by', { name: doer(row.declared.by) })} <When at={row.declared.at} /></span>}
    </li>
  );
}

const mostTold = 40;  // a wall is read, not scrolled; all of them are found among the instances

function Troubles({ rows }: { rows: readonly Row[] }) {
  const states = indicators.filter((one) => rows.some((row) => row.indicator === one));
  return (
    <>
      <ul class="troubles">{rows.slice(0, mostTold).map((row) => <Trouble key={row.id} row={row} />)}</ul>
      {rows.length > mostTold && <p class="more"><a href={`${to('/instances')}?state=${states.join(',')}`}>{count('console.overview.more', rows.length - mostTold)}</a></p>}
    </>
  );
}

function Wall({ rows }: { rows: readonly Row[] }) {
  if (rows.length === 0) return <Empty>{say('console.instances.empty')}</Empty>;
  const counts = countByIndicator(rows);
  const wrong = rows.filter((row) => row.indicator !== 'normal').sort(worstFirst);
  const contradicting = rows.filter((row) => row.contradiction);
  return (
    <div class="wall">
      <ul class="counts" aria-label={say('console.overview.counts')}>
        {indicators.map((indicator) => (
          <li key={indicator} class={`${letterOf(indicator)} ${counts[indicator] === 0 ? 'zero' : ''}`}>
            <a href={`${to('/instances')}?state=${indicator}`}>
              <span class="number">{figure(counts[indicator])}</span>
              <Indicator indicator={indicator} />
            </a>
          </li>
        ))}
      </ul>
      {contradicting.length > 0 && (
        <section class="contradictions" aria-labelledby="contradictions">
          <h2 id="contradictions">{count('console.overview.contradictions', contradicting.length)}</h2>
          <ul>{contradicting.map((row) => <Contradiction key={row.id} row={row} />)}</ul>
        </section>
      )}
      <section aria-labelledby="wrong">
        <h2 id="wrong">{say('console.overview.wrong')}</h2>
        {wrong.length === 0 ? <p class="all-well n"><Sign indicator="normal" /> {say('console.overview.all_well')}</p>
          : <Troubles rows={wrong} />}
      </section>
    </div>
  );
}

/** What is wrong now, worst first: readable across a room. */
export function Overview() {
  const data = board.reading.value.data;
  const head = data && headline(data.rows);
  return (
    <Page
      title={head ? head.text : say('console.overview.title')}
      heading={head && <span class={`headline ${letterOf(head.worst)}`}><Sign indicator={head.worst} /> {head.text}</span>}
    >
      <Loaded resource={board}>{({ rows }) => <Wall rows={rows} />}</Loaded>
    </Page>
  );
}
