import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, path } from '../api/client';
import { to } from '../app/router';
import type { ProvenEntry } from '../api/types';
import { Icon } from '../parts/icon';
import { Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { fromBase64 } from '../proof/bytes';
import { remember, type Comparison } from '../proof/memory';
import { canVerify, verify, type Outcome, type Verified } from '../proof/verify';
import { useResource } from '../state/resource';
import { figure, say } from '../words/catalogue';
import { utc } from '../words/time';

function Step({ outcome }: { outcome: Outcome }) {
  return (
    <li class={outcome.result === 'broken' ? 'x' : outcome.result === 'absent' ? 'u' : 'n'}>
      <Icon name={outcome.result === 'broken' ? 'close' : 'check'} />
      <span>
        <strong>{say(`console.proof.${outcome.step}`)}</strong>{' '}
        <span>{say(`console.proof.${outcome.result}`)}</span>
        {outcome.about && <code class="hash" dir="ltr">{outcome.about}</code>}
      </span>
    </li>
  );
}

function Verification({ proven, wanted }: { proven: ProvenEntry; wanted: number }) {
  const [verified, setVerified] = useState<Verified | null>(null);
  const [comparison, setComparison] = useState<Comparison>('first');
  useEffect(() => {
    if (!canVerify()) return;
    void verify(proven, wanted).then((result) => {
      setVerified(result);
      setComparison(remember(proven.verifier_key, result));
    });
  }, [proven]);
  if (!canVerify()) return <p class="warn">{say('console.proof.needs_https')}</p>;
  if (!verified) return <p class="soft">{say('console.proof.running')}</p>;
  const sound = verified.sound && (comparison === 'first' || comparison === 'same');
  return (
    <div class={`verification ${sound ? 'n' : 'x'}`}>
      <p class="result" role="status"><Icon name={sound ? 'shield' : 'warning'} /> {say(sound ? 'console.proof.sound' : 'console.proof.broken_all')}</p>
      <ol>{verified.outcomes.map((outcome) => <Step key={outcome.step} outcome={outcome} />)}</ol>
      {(comparison === 'other_key' || comparison === 'other_tree') && <p class="warn">{say(`console.proof.${comparison}`)}</p>}
      {verified.size !== undefined && (
        <p class="soft small">{say('console.proof.tree', { size: figure(Number(verified.size)) })} <code class="hash" dir="ltr">{verified.root}</code></p>
      )}
      <p class="soft small">{say(comparison === 'first' ? 'console.proof.first' : 'console.proof.known')}</p>
    </div>
  );
}

function Download({ name, text }: { name: string; text: string }) {
  const url = useMemo(() => URL.createObjectURL(new Blob([text], { type: 'text/plain' })), [text]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <a class="button" download={name} href={url}>{say('console.proof.download')}</a>;
}

function Proof({ proven }: { proven: ProvenEntry }) {
  return (
    <details>
      <summary>{say('console.proof.material')}</summary>
      <p class="soft">{say('console.proof.material_about')}</p>
      <h3>{say('console.proof.leaf_text')}</h3>
      <pre class="transcript" dir="ltr" tabIndex={0}>{new TextDecoder().decode(fromBase64(proven.leaf))}</pre>
      <h3>{say('console.proof.proof_text')}</h3>
      <pre class="transcript" dir="ltr" tabIndex={0}>{proven.proof}</pre>
      <h3>{say('console.proof.key_text')}</h3>
      <pre class="transcript" dir="ltr" tabIndex={0}>{proven.verifier_key}</pre>
      <p><Download name={`entry-${proven.entry.index}.tlog-proof`} text={proven.proof} /></p>
    </details>
  );
}

/** One entry: what happened, and the proof that it stands in the ledger. */
export function EntryPage({ index }: { index: string }) {
  const resource = useResource(index, (signal) => get<ProvenEntry>(path`/api/v1/ledger/entries/${index}`, { signal }));
  const number = Number(index);
  return (
    <Page title={say('console.ledger.entry', { index: figure(number) })} trail={<a href={to('/ledger')}>{say('console.ledger.title')}</a>}
      actions={<>
        {number > 0 && <a class="button" href={to(`/ledger/${number - 1}`)}>{say('console.ledger.older')}</a>}
        <a class="button" href={to(`/ledger/${number + 1}`)}>{say('console.ledger.newer')}</a>
      </>}>
      <Loaded resource={resource}>
        {(proven) => (
          <div class="columns">
            <section class="card" aria-labelledby="entry">
              <h2 id="entry"><code>{proven.entry.type}</code></h2>
              <dl class="facts">
                <div><dt>{say('console.ledger.object')}</dt><dd><a href={`${to('/ledger')}?object=${encodeURIComponent(proven.entry.object)}`}><bdi>{proven.entry.object}</bdi></a></dd></div>
                <div><dt>{say('console.ledger.time')}</dt><dd><When at={proven.entry.time} style="full" /> <bdi class="soft utc">{utc(proven.entry.time)}</bdi></dd></div>
                <div><dt>{say('console.ledger.id')}</dt><dd><code>{proven.entry.id}</code></dd></div>
              </dl>
              <h3>{say('console.ledger.payload')}</h3>
              {proven.entry.payload === null ? <p class="soft">{say(proven.entry.withheld ? 'console.ledger.withheld' : 'console.ledger.erased')}</p>
                : <pre class="transcript" dir="ltr" tabIndex={0}>{JSON.stringify(proven.entry.payload, null, 2)}</pre>}
            </section>
            <section class="card" aria-labelledby="proof">
              <h2 id="proof">{say('console.proof.title')}</h2>
              <Verification proven={proven} wanted={number} />
              <Proof proven={proven} />
            </section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
