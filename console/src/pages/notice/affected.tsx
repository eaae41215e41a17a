import { useState } from 'preact/hooks';
import type { ToldRow } from '../../api/types';
import { to } from '../../app/router';
import { Indicator } from '../../parts/indicator';
import { When } from '../../parts/when';
import { count, say } from '../../words/catalogue';
import { nameThen } from '../notices/names';

const shownAtFirst = 20;

/** Which instances the notice is about, as it told of them. */
export function Affected({ rows, over }: { rows: readonly ToldRow[]; over: boolean }) {
  const [shown, show] = useState(shownAtFirst);
  if (rows.length === 0) return null;
  return (
    <section class="card" aria-labelledby="affected">
      <h2 id="affected">{say(over ? 'console.notices.was_affected' : 'console.notices.affected')}</h2>
      <ul class="affected">
        {rows.slice(0, shown).map((row) => (
          <li key={row.instance}>
            <Indicator indicator={row.indicator} /> <a href={to(`/instances/${encodeURIComponent(row.instance)}`)}><bdi>{nameThen(row)}</bdi></a>
            <span class="soft">{say('console.notices.since')} <When at={row.since} /></span>
            {!row.watched && <span class="soft">{say('console.notices.unwatched')}</span>}
            {row.because && <span class="because"><bdi>{row.because}</bdi></span>}
          </li>
        ))}
      </ul>
      {rows.length > shown && <button type="button" onClick={() => show(rows.length)}>{count('console.notices.more_rows', rows.length - shown)}</button>}
    </section>
  );
}
