import type { Indicator as Name, Verdict } from '../api/types';
import { say, sayNamed } from '../words/catalogue';

// Letters name the indicators in markup and style, as on the public pages.
const letters: Record<Name, string> = { normal: 'n', information: 'i', maintenance: 'm', performance: 'p', interruption: 'x' };
export const letterOf = (indicator: Name) => letters[indicator];

/** The sign alone: for where the word stands beside it. */
export function Sign({ indicator }: { indicator: Name }) {
  return <svg class="sign" aria-hidden="true"><use href={`#${letters[indicator]}`} /></svg>;
}

/** Shape, word and colour. */
export function Indicator({ indicator }: { indicator: Name }) {
  return (
    <span class={`indicator ${letters[indicator]}`}>
      <Sign indicator={indicator} /> <span class="word">{say(`indicator.${indicator}`)}</span>
    </span>
  );
}

/** What a check says: passes, slow, fails, not measured. */
export function VerdictSign({ verdict }: { verdict: Verdict }) {
  if (verdict === 'unknown') {
    return <span class="indicator u"><span class="sign nothing" aria-hidden="true" /> <span class="word">{say('verdict.unknown')}</span></span>;
  }
  return (
    <span class={`indicator ${letters[verdict]}`}>
      <Sign indicator={verdict} /> <span class="word">{sayNamed('verdict', verdict)}</span>
    </span>
  );
}
