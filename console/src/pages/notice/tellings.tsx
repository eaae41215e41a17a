import type { Telling } from '../../api/types';
import { to } from '../../app/router';
import { Empty } from '../../parts/loaded';
import { When } from '../../parts/when';
import { may } from '../../state/session';
import { count, figure, say, sayNamed } from '../../words/catalogue';
import { firstOf, nameThen } from '../notices/names';
import { threadOf, type Told } from './thread';

function Span({ label, window }: { label: string; window: Telling['window'] }) {
  if (!window) return null;
  return <div><dt>{label}</dt><dd><When at={window.from} style="dated" /> – <When at={window.until} style="dated" /></dd></div>;
}

function One({ told: { telling, recipients, entries } }: { told: Told }) {
  const { step, at, title, words, rows, next_update, window, old_window } = telling;
  return (
    <li>
      <p class="told-head">
        <strong>{sayNamed('console.notices.step', step)}</strong> <When at={at} style="full" />
        <span class="soft">{count('console.notices.to', recipients)}</span>
        {may('read_ledger') && entries.map((entry) => <a key={entry} class="small" href={to(`/ledger/${entry}`)}>{say('console.notices.entry', { entry: figure(entry) })}</a>)}
      </p>
      {title && <h3 dir="auto">{title}</h3>}
      {words && <p class="words" dir="auto">{words}</p>}
      <p class="soft">{firstOf(rows.map(nameThen), rows.length)}</p>
      {(window || old_window || next_update) && (
        <dl class="facts">
          <Span label={say('console.notices.window')} window={window} />
          <Span label={say('console.notices.old_window')} window={old_window} />
          {next_update && <div><dt>{say('console.notices.next_update')}</dt><dd><When at={next_update} style="dated" /></dd></div>}
        </dl>
      )}
    </li>
  );
}

/** What was told, in order. */
export function Tellings({ tellings }: { tellings: readonly Telling[] }) {
  return (
    <section class="card" aria-labelledby="tellings">
      <h2 id="tellings">{say('console.notices.tellings')}</h2>
      {tellings.length === 0 ? <Empty>{say('console.notices.no_tellings')}</Empty> : (
        <ol class="thread">{threadOf(tellings).map((told) => <One key={told.telling.number} told={told} />)}</ol>
      )}
    </section>
  );
}
