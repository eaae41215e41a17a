import { useEffect, useRef, useState } from 'preact/hooks';
import { get, path, post } from '../api/client';
import { Problem } from '../api/problem';
import type { NoticePreview, NoticeWithTellings } from '../api/types';
import { go, place, to } from '../app/router';
import { Confirm } from '../parts/confirm';
import { Field, TextField } from '../parts/field';
import { Form } from '../parts/form';
import { Loaded } from '../parts/loaded';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { useResource } from '../state/resource';
import { count, say } from '../words/catalogue';
import { bodyOf, draft, edit, faultsOf, forget, typedIn, type NoteBody } from './note/draft';
import { Audience, byChannel } from './note/audience';
import { InstancePicker } from './note/instance_picker';
import { Letters } from './note/letters';
import { titleOf } from './notices/names';

const topics = ['information', 'trouble', 'maintenance', 'analysis'] as const;
const longestTitle = 200;
const longestWords = 10_000;

interface Looked { body: NoteBody; preview: NoticePreview; key: string }

function Fields({ problem }: { problem: Problem | null }) {
  const { notice, topic, instances, title, words, next_update } = draft.value;
  return (
    <>
      {!notice && (
        <Field label={say('console.notes.topic')} hint={say('console.notes.topic_hint')} fault={problem?.about('topic')}>
          {(attributes) => (
            <select {...attributes} name="topic">
              {topics.map((each) => <option key={each} value={each} selected={each === topic}>{say(`notice.topic.${each}`)}</option>)}
            </select>
          )}
        </Field>
      )}
      <InstancePicker chosen={instances} choose={(next) => edit({ instances: next })} fault={problem?.about('instances')} />
      <TextField name="title" label={say('console.notes.title_field')} value={title} problem={problem} maxLength={longestTitle} />
      <Field label={say('console.notes.words')} hint={say('console.notes.words_hint')} fault={problem?.about('words')}>
        {(attributes) => <textarea {...attributes} name="words" rows={6} dir="auto" maxLength={longestWords} defaultValue={words} />}
      </Field>
      <TextField name="next_update" type="datetime-local" label={say('console.notes.next_update', { zone: typedIn() })} hint={say('console.notes.next_update_hint')} value={next_update} problem={problem} />
    </>
  );
}

function Send({ looked: { body, preview, key } }: { looked: Looked }) {
  const send = async () => {
    const { notice } = await post<{ notice: string }>('/api/v1/notifications/notes', body, { key });
    forget();
    notify(say('console.notes.sent'));
    go(`/notices/${notice}`);
  };
  return (
    <Confirm class="primary" label={count('console.notes.send_to', preview.count)} title={count('console.notes.send_to', preview.count)} does={say('console.notes.send')} run={send}>
      <p><strong dir="auto">{body.title}</strong></p>
      <p>{byChannel(preview)}. {preview.digests > 0 && count('console.notes.digests', preview.digests)}</p>
      <p>{say('console.notes.send_about')}</p>
    </Confirm>
  );
}

function Write() {
  const [looked, setLooked] = useState<Looked | null>(null);
  const shown = useRef<HTMLDivElement>(null);
  const now = draft.value;
  const look = async () => {
    const faults = faultsOf(draft.peek(), typedIn(), Date.now());
    if (faults.length > 0) throw new Problem(400, 'invalid', say('console.notes.mistakes'), faults);
    const body = bodyOf(draft.peek(), typedIn());
    const preview = await post<NoticePreview>('/api/v1/notifications/preview', body);
    setLooked({ body, preview, key: crypto.getRandomValues(new Uint32Array(4)).join('-') });
  };
  // What was looked at is what is sent: after a change one looks again.
  const fresh = looked && JSON.stringify(looked.body) === JSON.stringify(bodyOf(now, typedIn())) ? looked : null;
  useEffect(() => {
    if (looked) shown.current?.focus();
  }, [looked]);
  const onInput = (event: Event) => {
    const field = event.target as HTMLInputElement;
    if (['topic', 'title', 'words', 'next_update'].includes(field.name)) edit({ [field.name]: field.value });
  };
  return (
    <div class="note" onInput={onInput}>
      <Form class="card" send={look} submit={say('console.notes.look')} others={
        <button type="button" onClick={() => { forget(); go('/notices'); }}>{say('console.notes.discard')}</button>
      }>
        {(problem) => <Fields problem={problem} />}
      </Form>
      {looked && !fresh && <p class="soft" role="status">{say('console.notes.changed')}</p>}
      {fresh && (
        <div class="looked" ref={shown} tabIndex={-1} role="region" aria-label={say('console.notes.preview')}>
          <Audience preview={fresh.preview} />
          <Letters letters={fresh.preview.letters} />
          {fresh.preview.count > 0 && <div class="buttons"><Send looked={fresh} /></div>}
        </div>
      )}
    </div>
  );
}

/** The notice that the note goes on with: its topic and its instances are proposed. */
function GoOn({ id }: { id: string }) {
  const resource = useResource(id, (signal) => get<NoticeWithTellings>(path`/api/v1/notifications/notices/${id}`, { signal }));
  const data = resource.reading.value.data;
  useEffect(() => {
    if (data && draft.peek().notice !== id) edit({ notice: id, topic: data.notice.topic, instances: data.rows.map((row) => row.instance) });
  }, [data, id]);
  return (
    <Loaded resource={resource}>
      {({ notice }) => (
        <>
          <p class="lead">{say('console.notes.goes_on_with')} <a href={to(`/notices/${id}`)}>{titleOf(notice)}</a> · {say(`notice.topic.${notice.topic}`)}</p>
          {draft.value.notice === id && <Write />}
        </>
      )}
    </Loaded>
  );
}

function Begin() {
  const instance = place.value.query.get('instance');
  useEffect(() => {
    const { notice, instances } = draft.peek();
    if (notice) edit({ notice: '', topic: 'information', instances: [] });
    if (instance && !instances.includes(instance)) edit({ instances: [...draft.peek().instances, instance] });
  }, [instance]);
  return (
    <>
      <p class="soft lead">{say('console.notes.lead')}</p>
      <Write />
    </>
  );
}

/** An operator's own words to those who follow instances: written, looked at, sent. */
export function Note() {
  const notice = place.value.query.get('notice');
  return (
    <Page title={say('console.notices.write')} trail={<a href={to('/notices')}>{say('console.notices.title')}</a>}>
      {notice ? <GoOn key={notice} id={notice} /> : <Begin />}
    </Page>
  );
}
