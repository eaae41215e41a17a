// What is done to account assets. Times are typed as the institution's clocks show them.
import { patch, path, post } from '../../api/client';
import { Problem } from '../../api/problem';
import type { AccountAsset, Institution, Row } from '../../api/types';
import { Dialog } from '../../parts/dialog';
import { TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { notify } from '../../parts/notice';
import { rows } from '../../state/rows';
import { say } from '../../words/catalogue';
import { localIn, momentIn } from '../../words/zoned';

interface Props { institution: Institution; close: () => void; changed: () => void }

function TimeField({ name, label, hint, at, institution, problem }: { name: string; label: string; hint?: string; at?: string | null; institution: Institution; problem: Problem | null }) {
  return (
    <TextField name={name} type="datetime-local" label={`${label} (${institution.time_zone})`} {...(hint ? { hint } : {})}
      value={at ? localIn(institution.time_zone, at) : ''} problem={problem} />
  );
}

function InstanceField({ name, instances, problem }: { name: string; instances: readonly Row[]; problem: Problem | null }) {
  return (
    <>
      <TextField name={name} label={say('console.customers.instance')} hint={say('console.customers.instance_hint')} required problem={problem} autofocus list="instances" />
      <datalist id="instances">{instances.map((row) => <option key={row.id} value={row.id}>{row.name}</option>)}</datalist>
    </>
  );
}

/** By id or name, as it is typed. */
export function instanceCalled(text: string, all: readonly Row[]): Row {
  const wanted = text.trim().toLowerCase();
  const found = all.find((row) => row.id === wanted) ?? all.find((row) => row.name.toLowerCase() === wanted);
  if (found) return found;
  throw new Problem(422, 'invalid', say('console.customers.no_instance', { name: text }), [{ path: 'instance', what: say('console.customers.no_instance', { name: text }) }]);
}

export function AddAsset({ institution, close, changed }: Props) {
  const send = async (values: Record<string, string>) => {
    const row = instanceCalled(values['instance'] ?? '', rows.value);
    const time = (name: string) => (values[name] ? { [name]: momentIn(institution.time_zone, values[name]) } : {});
    await post(path`/api/v1/customers/${institution.id}/assets`, { product: row.product, instance: row.id, ...time('from'), ...time('until') });
    close();
    changed();
  };
  return (
    <Dialog title={say('console.customers.add_asset')} onClose={close}>
      <Form send={send} submit={say('console.customers.add_asset')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => (
          <>
            <InstanceField name="instance" instances={rows.value} problem={problem} />
            <TimeField name="from" label={say('console.customers.from')} hint={say('console.customers.from_hint')} institution={institution} problem={problem} />
            <TimeField name="until" label={say('console.customers.until')} hint={say('console.customers.until_hint')} institution={institution} problem={problem} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

export function MoveAsset({ institution, asset, close, changed }: Props & { asset: AccountAsset }) {
  const others = rows.value.filter((row) => row.product === asset.product && row.id !== asset.instance);
  const send = async (values: Record<string, string>) => {
    const row = instanceCalled(values['instance'] ?? '', others);
    const from = values['from'] ? { from: momentIn(institution.time_zone, values['from']) } : {};
    await post(path`/api/v1/customers/${institution.id}/assets/${asset.id}/move`, { instance: row.id, ...from }, { version: asset.version });
    close();
    notify(say('console.customers.moved', { from: asset.instance, to: row.id }));
    changed();
  };
  return (
    <Dialog title={say('console.customers.move_from', { instance: asset.instance })} onClose={close}>
      <Form send={send} submit={say('console.customers.move')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => (
          <>
            <p class="soft">{say('console.customers.move_about')}</p>
            <InstanceField name="instance" instances={others} problem={problem} />
            <TimeField name="from" label={say('console.customers.move_at')} hint={say('console.customers.from_hint')} institution={institution} problem={problem} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

export function ChangeAsset({ institution, asset, close, changed }: Props & { asset: AccountAsset }) {
  const zone = institution.time_zone;
  // What is not touched is not sent: the field shows no seconds.
  const touched = (name: 'from' | 'until', typed: string) => typed !== (asset[name] ? localIn(zone, asset[name]) : '');
  const send = async (values: Record<string, string>) => {
    const { from = '', until = '' } = values;
    await patch(path`/api/v1/customers/${institution.id}/assets/${asset.id}`, {
      ...(touched('from', from) ? { from: momentIn(zone, from) } : {}),
      ...(touched('until', until) ? { until: until ? momentIn(zone, until) : null } : {}),
    }, { version: asset.version });
    close();
    changed();
  };
  return (
    <Dialog title={say('console.customers.time_at', { instance: asset.instance })} onClose={close}>
      <Form send={send} submit={say('console.save')} others={<button type="button" onClick={close}>{say('console.cancel')}</button>}>
        {(problem) => (
          <>
            <TimeField name="from" label={say('console.customers.from')} at={asset.from} institution={institution} problem={problem} />
            <TimeField name="until" label={say('console.customers.until')} hint={say('console.customers.until_hint')} at={asset.until} institution={institution} problem={problem} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** From now on it is not used any more. */
export async function endAsset(institution: Institution, asset: AccountAsset): Promise<void> {
  await patch(path`/api/v1/customers/${institution.id}/assets/${asset.id}`, { until: new Date().toISOString() }, { version: asset.version });
}
