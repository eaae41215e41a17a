import { useCallback, useState } from 'preact/hooks';
import { get, patch, path, remove } from '../api/client';
import type { CustomerAccount, Institution } from '../api/types';
import { go, to } from '../app/router';
import { Confirm } from '../parts/confirm';
import { Dialog } from '../parts/dialog';
import { Form } from '../parts/form';
import { Loaded } from '../parts/loaded';
import { notify } from '../parts/notice';
import { Page } from '../parts/page';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { languages, say, type Language } from '../words/catalogue';
import { Assets } from './customer/assets';
import { Contacts } from './customer/contacts';
import { useChanges } from '../state/follow';
import { InstitutionFields, institutionOf } from './customers/institution_fields';

function Edit({ institution, close, changed }: { institution: Institution; close: () => void; changed: (account: CustomerAccount) => void }) {
  const send = async (values: Record<string, string>) => {
    changed(await patch<CustomerAccount>(path`/api/v1/customers/${institution.id}`, institutionOf(values), { version: institution.version }));
    close();
    notify(say('console.saved'));
  };
  return (
    <Dialog title={institution.name} onClose={close}>
      <Form send={send} submit={say('console.save')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => <InstitutionFields institution={institution} problem={problem} focus />}
      </Form>
    </Dialog>
  );
}

function Facts({ institution }: { institution: Institution }) {
  return (
    <dl class="card facts">
      <div><dt>{say('console.customers.id')}</dt><dd dir="ltr"><code>{institution.id}</code></dd></div>
      <div><dt>{say('console.customers.territory')}</dt><dd><bdi>{institution.territory}</bdi></dd></div>
      <div><dt>{say('console.customers.time_zone')}</dt><dd dir="ltr">{institution.time_zone}</dd></div>
      <div><dt>{say('console.customers.language')}</dt><dd>{languages[institution.language as Language] ?? institution.language}</dd></div>
      {institution.aliases.length > 0 && <div><dt>{say('console.customers.aliases')}</dt><dd><bdi>{institution.aliases.join(', ')}</bdi></dd></div>}
    </dl>
  );
}

/** One institution: what is known of it, what it uses, whom to write to. */
export function Customer({ id }: { id: string }) {
  const resource = useResource(id, (signal) => get<CustomerAccount>(path`/api/v1/customers/${id}`, { signal }));
  const again = useCallback(() => void resource.reload(), [resource]);
  useChanges('customers.', again);
  const [editing, edit] = useState<Institution | null>(null);  // as the reader saw it
  const institution = resource.reading.value.data?.institution;
  const removeIt = async () => {
    await remove(path`/api/v1/customers/${id}`, { version: institution?.version });
    notify(say('console.customers.removed', { name: institution?.name ?? id }));
    go('/customers');
  };
  return (
    <Page title={institution?.name ?? id} heading={<bdi>{institution?.name ?? id}</bdi>} trail={<a href={to('/customers')}>{say('console.customers.title')}</a>}
      actions={institution && may('manage_customers') && <>
        <button type="button" onClick={() => edit(institution)}>{say('console.customers.change')}</button>
        <Confirm label={say('console.customers.remove')} title={say('console.customers.remove_it', { name: institution.name })} does={say('console.customers.remove')} danger run={removeIt}>
          <p>{say('console.customers.remove_about')}</p>
        </Confirm>
      </>}>
      <Loaded resource={resource}>
        {(account) => (
          <div class="customer">
            <Facts institution={account.institution} />
            <Assets account={account} changed={again} />
            <Contacts account={account} changed={again} />
            {may('read_ledger') && <p class="soft small"><a href={`${to('/ledger')}?object=${encodeURIComponent(`institution/${id}`)}`}>{say('console.instance.in_ledger')}</a></p>}
          </div>
        )}
      </Loaded>
      {editing && <Edit institution={editing} close={() => edit(null)} changed={resource.replace} />}
    </Page>
  );
}
