import { useState } from 'preact/hooks';
import { get, patch, path, post, remove } from '../../api/client';
import type { Contact, CustomerAccount, Institution } from '../../api/types';
import { Confirm } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { Empty } from '../../parts/loaded';
import { notify } from '../../parts/notice';
import { saveFile } from '../../parts/save_file';
import { rows } from '../../state/rows';
import { may } from '../../state/session';
import { count, languages, say, type Language } from '../../words/catalogue';
import { LanguageField } from '../customers/institution_fields';

const shownAtFirst = 100;

// Those of the cloud, and those that the contact wanted when there were others.
function productsFor(contact?: Contact): string[] {
  return [...new Set([...rows.value.map((row) => row.product), ...(contact?.products ?? [])])].sort();
}

function Edit({ institution, contact, close, changed }: { institution: Institution; contact?: Contact; close: () => void; changed: () => void }) {
  const send = async (values: Record<string, string>) => {
    const { name, email, language } = values;
    const products = productsFor(contact).filter((product) => values[`product/${product}`] !== undefined);
    const body = { name, email, language, products };
    if (contact) await patch(path`/api/v1/customers/${institution.id}/contacts/${contact.id}`, body, { version: contact.version });
    else await post(path`/api/v1/customers/${institution.id}/contacts`, body);
    close();
    changed();
  };
  const does = say(contact ? 'console.save' : 'console.customers.add_contact');
  return (
    <Dialog title={contact?.name ?? does} onClose={close}>
      <Form send={send} submit={does} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => (
          <>
            <TextField name="name" label={say('console.people.name')} value={contact?.name ?? ''} required problem={problem} autofocus maxLength={200} />
            <TextField name="email" type="email" label={say('console.people.email')} value={contact?.email ?? ''} required problem={problem} />
            <LanguageField name="language" value={contact?.language ?? ''} empty={say('console.customers.institutions_language')} problem={problem} />
            <fieldset>
              <legend>{say('console.customers.products')}</legend>
              <p class="soft small">{say('console.customers.products_about')}</p>
              {problem?.about('products') && <small class="fault">{problem.about('products')}</small>}
              {productsFor(contact).map((product) => (
                <label key={product} class="checkbox">
                  <input type="checkbox" name={`product/${product}`} defaultChecked={contact?.products.includes(product) ?? false} /> <bdi>{product}</bdi>
                </label>
              ))}
            </fieldset>
          </>
        )}
      </Form>
    </Dialog>
  );
}

function PersonalData({ institution, contact, changed }: { institution: Institution; contact: Contact; changed: () => void }) {
  const save = async () => {
    const kept = await get<unknown>(path`/api/v1/customers/${institution.id}/contacts/${contact.id}/export`);
    saveFile(`contact-${contact.id}.json`, 'application/json', JSON.stringify(kept, null, 2));
  };
  const erase = async () => {
    const { erased } = await post<{ erased: number }>(path`/api/v1/customers/${institution.id}/contacts/${contact.id}/erasure`);
    notify(count('console.customers.erased', erased));
    changed();
  };
  return (
    <>
      <Confirm class="quiet" label={say('console.customers.export')} title={say('console.customers.export')} does={say('console.customers.export')} run={save}>
        <p>{say('console.customers.export_about', { name: contact.name })}</p>
      </Confirm>
      <Confirm class="quiet" label={say('console.customers.erase')} title={say('console.customers.erase')} does={say('console.customers.erase')} danger run={erase}>
        <p>{say('console.customers.erase_about', { name: contact.name })}</p>
      </Confirm>
    </>
  );
}

function Line({ institution, contact, edit, changed }: { institution: Institution; contact: Contact; edit: () => void; changed: () => void }) {
  const removeIt = async () => {
    await remove(path`/api/v1/customers/${institution.id}/contacts/${contact.id}`, { version: contact.version });
    changed();
  };
  return (
    <tr>
      <th scope="row" class="name"><bdi>{contact.name}</bdi></th>
      <td class="email" dir="ltr">{contact.email}</td>
      <td class="products"><bdi>{contact.products.join(', ') || '—'}</bdi></td>
      <td class="language">{contact.language ? languages[contact.language as Language] ?? contact.language : <span class="soft">{languages[institution.language as Language] ?? institution.language}</span>}</td>
      {(may('manage_customers') || may('erase_contacts')) && (
        <td class="doing"><div class="buttons">
          {may('manage_customers') && <button type="button" onClick={edit}>{say('console.customers.change')}</button>}
          {may('manage_customers') && (
            <Confirm class="quiet" label={say('console.customers.remove')} title={say('console.customers.remove_contact')} does={say('console.customers.remove')} danger run={removeIt}>
              <p>{say('console.customers.remove_contact_about', { name: contact.name })}</p>
            </Confirm>
          )}
          {may('erase_contacts') && <PersonalData institution={institution} contact={contact} changed={changed} />}
        </div></td>
      )}
    </tr>
  );
}

/** Whom to write to there. */
export function Contacts({ account, changed }: { account: CustomerAccount; changed: () => void }) {
  const { institution, contacts } = account;
  const [editing, edit] = useState<Contact | 'new' | null>(null);
  const [shown, show] = useState(shownAtFirst);
  const acts = may('manage_customers') || may('erase_contacts');
  return (
    <section class="card" aria-labelledby="contacts">
      <header>
        <h2 id="contacts">{say('console.customers.contacts')}</h2>
        {may('manage_customers') && <button type="button" onClick={() => edit('new')}>{say('console.customers.add_contact')}</button>}
      </header>
      {contacts.length === 0 ? <Empty>{say('console.customers.no_contacts')}</Empty> : (
        <div class="scroll" tabIndex={0}>
          <table class="plain stacked">
            <thead><tr>
              <th scope="col">{say('console.people.name')}</th><th scope="col">{say('console.people.email')}</th>
              <th scope="col">{say('console.customers.products')}</th><th scope="col">{say('console.customers.language')}</th>
              {acts && <th scope="col"><span class="unseen">{say('console.customers.actions')}</span></th>}
            </tr></thead>
            <tbody>{contacts.slice(0, shown).map((contact) => <Line key={contact.id} institution={institution} contact={contact} edit={() => edit(contact)} changed={changed} />)}</tbody>
          </table>
        </div>
      )}
      {contacts.length > shown && <button type="button" onClick={() => show(contacts.length)}>{count('console.customers.more_contacts', contacts.length - shown)}</button>}
      {editing && <Edit institution={institution} {...(editing === 'new' ? {} : { contact: editing })} close={() => edit(null)} changed={changed} />}
    </section>
  );
}
