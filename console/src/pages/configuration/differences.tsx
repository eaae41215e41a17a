import type { Difference } from '../../api/types';
import { say } from '../../words/catalogue';
import { changesOf } from './changes';

function Changed({ difference }: { difference: Difference }) {
  return (
    <li class={difference.kind}>
      <p><span class={`kind ${difference.kind}`}>{say(`console.configuration.${difference.kind}`)}</span> <code>{difference.object}</code></p>
      <dl>
        {changesOf(difference).map(({ member, before, after }) => (
          <div key={member}>
            <dt>{member}</dt>
            {before !== null && <dd><span class="unseen">{say('console.configuration.before')} </span><del dir="auto">{before}</del></dd>}
            {after !== null && <dd><span class="unseen">{say('console.configuration.after')} </span><ins dir="auto">{after}</ins></dd>}
          </div>
        ))}
      </dl>
    </li>
  );
}

/** What became of each object, member by member. */
export function Differences({ differences }: { differences: readonly Difference[] }) {
  return <ul class="differences">{differences.map((one) => <Changed key={one.object} difference={one} />)}</ul>;
}
