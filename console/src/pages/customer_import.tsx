import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import type { CustomerImportResult, ImportMistake } from '../api/types';
import { to } from '../app/router';
import { Icon } from '../parts/icon';
import { Failure, Loading } from '../parts/loaded';
import { Page } from '../parts/page';
import { count, figure, say, sayNamed } from '../words/catalogue';
import { linesBelowHeader, mostBytes, textOf, type TableText } from './customers/table_text';

const shownAtFirst = 100;
const headers = [
  ['institutions', 'id,name,territory,time_zone,language,aliases'],
  ['contacts', 'institution,name,email,language,products'],
  ['assets', 'institution,product,instance,from,until'],
] as const;

function Kinds() {
  return (
    <details class="card kinds">
      <summary>{say('console.import.kinds')}</summary>
      <dl>
        {headers.map(([kind, header]) => <div key={kind}><dt>{say(`console.import.${kind}`)}</dt><dd dir="ltr"><code>{header}</code></dd></div>)}
      </dl>
      <p class="soft">{say('console.import.kinds_about')}</p>
    </details>
  );
}

function Source({ choose, refuse }: { choose: (table: TableText) => void; refuse: (why: string) => void }) {
  const pasted = useRef<HTMLTextAreaElement>(null);
  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > mostBytes) return refuse(say('console.import.too_large', { name: file.name, most: figure(mostBytes / 1024 / 1024) }));
    const text = await textOf(file);
    if (text === null) return refuse(say('console.import.not_utf8', { name: file.name }));
    choose({ name: file.name, text });
  };
  return (
    <div class="card form">
      <label class="drop" onDragOver={(event) => event.preventDefault()} onDrop={(event) => {
        event.preventDefault();
        void take(event.dataTransfer?.files[0]);
      }}>
        <strong>{say('console.import.choose')}</strong>
        <input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';  // the same file again, mended
        }} />
      </label>
      <div class="field">
        <label for="pasted">{say('console.import.paste')}</label>
        <textarea id="pasted" ref={pasted} rows={5} dir="ltr" spellcheck={false} placeholder={headers[0][1]} />
      </div>
      <div class="buttons">
        <button type="button" onClick={() => pasted.current?.value.trim() && choose({ name: say('console.import.pasted'), text: pasted.current.value })}>{say('console.import.look')}</button>
      </div>
    </div>
  );
}

function Mistakes({ mistakes }: { mistakes: readonly ImportMistake[] }) {
  const [shown, show] = useState(shownAtFirst);
  const more = mistakes.length - shown;
  return (
    <>
      <p class="warn" role="alert">{count('console.import.mistakes', mistakes.length)}</p>
      <table class="plain mistakes">
        <caption class="unseen">{say('console.import.mistakes_title')}</caption>
        <thead><tr><th scope="col" class="number">{say('console.import.line')}</th><th scope="col">{say('console.import.column')}</th><th scope="col">{say('console.import.what')}</th></tr></thead>
        <tbody>
          {mistakes.slice(0, shown).map((mistake, i) => (
            <tr key={i}>
              <td class="number">{mistake.line > 0 ? figure(mistake.line) : '—'}</td>
              <td class="column"><bdi>{mistake.field}</bdi></td>
              <th scope="row"><bdi lang="en">{mistake.what}</bdi></th>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <button type="button" onClick={() => show(mistakes.length)}>{count('console.import.more_mistakes', more)}</button>}
    </>
  );
}

function Outcome({ result, confirm }: { result: CustomerImportResult; confirm: () => void }) {
  if (result.mistakes.length > 0) return <Mistakes mistakes={result.mistakes} />;
  const changes = result.added + result.changed;
  return (
    <>
      {result.imported && <p class="done" role="status"><Icon name="check" /> {say('console.import.done')}</p>}
      <dl class="facts">
        <div><dt>{say('console.import.kind')}</dt><dd>{sayNamed('console.import', result.kind)}</dd></div>
        <div><dt>{say(result.imported ? 'console.import.added' : 'console.import.to_add')}</dt><dd>{figure(result.added)}</dd></div>
        <div><dt>{say(result.imported ? 'console.import.changed' : 'console.import.to_change')}</dt><dd>{figure(result.changed)}</dd></div>
        <div><dt>{say('console.import.unchanged')}</dt><dd>{figure(result.unchanged)}</dd></div>
      </dl>
      {!result.imported && (changes > 0
        ? <div class="buttons spaced"><button type="button" class="primary" onClick={confirm}>{count('console.import.import', changes)}</button></div>
        : <p class="soft">{say('console.import.nothing')}</p>)}
      {result.imported && <p><a href={to('/customers')}>{say('console.customers.title')}</a></p>}
    </>
  );
}

/** Many customers at once, from a table: looked at first, then done. */
export function CustomerImport() {
  const [table, setTable] = useState<TableText | null>(null);
  const [refused, setRefused] = useState('');
  const [result, setResult] = useState<CustomerImportResult | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const turn = useRef(0);
  const outcome = useRef<HTMLElement>(null);
  useEffect(() => outcome.current?.scrollIntoView({ block: 'nearest' }), [result, problem]);
  const send = async ({ text }: TableText, dry_run: boolean) => {
    const mine = ++turn.current;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await post<CustomerImportResult>('/api/v1/customers/import', { csv: text, dry_run });
      if (mine === turn.current) setResult(answer);
    } catch (error) {
      if (mine === turn.current) setProblem(asProblem(error));
    }
    if (mine === turn.current) setBusy(false);
  };
  const choose = (next: TableText) => {
    setTable(next);
    setRefused('');
    setResult(null);
    void send(next, true);
  };
  return (
    <Page title={say('console.customers.import')} trail={<a href={to('/customers')}>{say('console.customers.title')}</a>}>
      <p class="lead">{say('console.import.about')}</p>
      <Kinds />
      <Source choose={choose} refuse={setRefused} />
      {refused && <p class="failure" role="alert"><Icon name="warning" /> {refused}</p>}
      {table && (
        <section ref={outcome} class="card" aria-labelledby="table">
          <header><h2 id="table"><bdi>{table.name}</bdi></h2><span class="soft">{count('console.import.rows', result?.rows ?? linesBelowHeader(table.text))}</span></header>
          {problem && <Failure problem={problem} retry={() => void send(table, true)} />}
          {busy ? <Loading /> : result && <Outcome result={result} confirm={() => void send(table, false)} />}
        </section>
      )}
    </Page>
  );
}
