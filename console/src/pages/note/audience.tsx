import type { NoticePreview, NoticeRecipient } from '../../api/types';
import { Windowed } from '../../parts/windowed';
import { count, figure, isolated, languages, say, sayNamed, type Language } from '../../words/catalogue';
import { firstOf, nameOf } from '../notices/names';

function line(recipient: NoticeRecipient, index: number) {
  const { id, address, channel, contact, institution, digest, language, instances } = recipient;
  return (
    <tr key={id} aria-rowindex={index + 2}>
      <th scope="row" class="who" dir="auto">{address || id}</th>
      <td class="why">{contact ? say('console.notices.contact_of', { institution: isolated(institution) }) : say('console.notes.follows')}</td>
      <td class="instances-of">{firstOf(instances.map(nameOf), instances.length)}</td>
      <td class="channel">{sayNamed('console.notices.channel', channel)}</td>
      <td class="rhythm">{say(digest ? 'console.notes.daily' : 'console.notes.at_once')}</td>
      <td class="language">{languages[language as Language] ?? language}</td>
    </tr>
  );
}

/** "10 by mail, 2 by webhook" */
export function byChannel({ channels }: NoticePreview): string {
  return Object.entries(channels).map(([channel, number]) => say('console.notes.by_channel', { count: figure(number), channel: sayNamed('console.notices.channel', channel) })).join(', ');
}

/** Exactly who gets it, and why. */
export function Audience({ preview }: { preview: NoticePreview }) {
  const { count: all, contacts, digests, languages: spoken, recipients } = preview;
  return (
    <section aria-labelledby="audience">
      <h2 id="audience">{all === 0 ? say('console.notes.nobody') : count('console.notes.goes_to', all)}</h2>
      {all === 0 ? <p class="soft">{say('console.notes.nobody_about')}</p> : (
        <>
          <dl class="card facts">
            <div><dt>{say('console.notices.by')}</dt><dd>{byChannel(preview)}</dd></div>
            <div><dt>{say('console.notes.subscribers')}</dt><dd>{figure(all - contacts)}</dd></div>
            <div><dt>{say('console.notes.contacts')}</dt><dd>{figure(contacts)}</dd></div>
            <div><dt>{say('console.notes.with_digest')}</dt><dd>{figure(digests)}</dd></div>
            {Object.entries(spoken).map(([tag, number]) => <div key={tag}><dt>{languages[tag as Language] ?? tag}</dt><dd>{figure(number)}</dd></div>)}
          </dl>
          {recipients.length < all && <p class="soft small">{count('console.notes.named', recipients.length)}</p>}
          <Windowed
            items={recipients} row={line} columns={6} class="audience" caption={count('console.notes.goes_to', all)}
            head={<>
              <th scope="col" class="who">{say('console.notices.recipient')}</th><th scope="col" class="why">{say('console.notes.why')}</th>
              <th scope="col" class="instances-of">{say('console.notes.about')}</th><th scope="col" class="channel">{say('console.notices.by')}</th>
              <th scope="col" class="rhythm">{say('console.notices.when')}</th><th scope="col" class="language">{say('console.notes.language')}</th>
            </>}
          />
        </>
      )}
    </section>
  );
}
