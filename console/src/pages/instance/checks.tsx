import { to } from '../../app/router';
import type { Check, InstanceRow } from '../../api/types';
import { Empty } from '../../parts/loaded';
import { VerdictSign } from '../../parts/indicator';
import { Ago } from '../../parts/when';
import { say, sayNamed } from '../../words/catalogue';
import { duration, took } from '../../words/time';

function CheckRow({ check, instance, chosen }: { check: Check; instance: string; chosen: boolean }) {
  const { name } = check;
  const address = chosen ? to(`/instances/${encodeURIComponent(instance)}`) : to(`/instances/${encodeURIComponent(instance)}/${encodeURIComponent(name)}`);
  return (
    <tr class={chosen ? 'chosen' : ''}>
      <td class="verdict"><VerdictSign verdict={check.verdict} />{(check.soft || check.flapping) && <small class="soft"> {say(check.flapping ? 'console.checks.flapping' : 'console.checks.soft')}</small>}</td>
      <th scope="row"><a href={address} aria-expanded={chosen}><bdi>{name}</bdi></a> <small class="soft">{check.kind}</small></th>
      <td class="layer">{sayNamed('layer', check.layer)}</td>
      <td class="ago" data-about={say('console.checks.ago')}>{check.probed_at ? <Ago at={check.probed_at} /> : '—'}</td>
      <td class="number took">{check.took_us === null ? '—' : took(check.took_us)}</td>
      <td class="rhythm">{say('instance.every', { time: duration(check.every_us / 1000) })}</td>
      <td class="reason" lang="en">{check.reason && <bdi>{check.reason}</bdi>}</td>
    </tr>
  );
}

/** What is checked, with the newest result of each; a name opens one of them below. */
export function Checks({ row, chosen }: { row: InstanceRow; chosen: string | undefined }) {
  return (
    <section class="card" aria-labelledby="checks">
      <h2 id="checks">{say('instance.checks')}</h2>
      {row.checks.length === 0 ? <Empty>{say('console.checks.none')}</Empty> : (
        <div class="scroll" tabIndex={0}>
          <table class="plain checks">
            <thead><tr>
              <th scope="col">{say('instance.result')}</th><th scope="col">{say('instance.check')}</th><th scope="col">{say('instance.layer')}</th>
              <th scope="col">{say('console.checks.ago')}</th><th scope="col" class="number">{say('console.checks.took')}</th>
              <th scope="col" class="rhythm">{say('console.checks.rhythm')}</th><th scope="col">{say('console.checks.reason')}</th>
            </tr></thead>
            <tbody>{row.checks.map((check) => <CheckRow key={check.id} check={check} instance={row.id} chosen={check.name === chosen} />)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
