import { path, post, remove } from '../../api/client';
import type { InstanceRow } from '../../api/types';
import { Confirm } from '../../parts/confirm';
import { Field, TextField } from '../../parts/field';
import { Form } from '../../parts/form';
import { Indicator } from '../../parts/indicator';
import { notify } from '../../parts/notice';
import { When } from '../../parts/when';
import { indicators } from '../../state/rows';
import { doer, say } from '../../words/catalogue';

/** A person's word over what is measured: what stands, and the form to say or withdraw one. */
export function Declaration({ row, changed }: { row: InstanceRow; changed: () => void }) {
  const declare = async (values: Record<string, string>) => {
    await post('/api/v1/status/declarations', { instance: row.id, indicator: values['indicator'], because: values['because'] });
    notify(say('console.declaration.made'));
    changed();
  };
  const withdraw = async () => {
    await remove(path`/api/v1/status/declarations/${row.id}`);
    notify(say('console.declaration.withdrawn'));
    changed();
  };
  return (
    <section class="card declaration" aria-labelledby="declaration">
      <h2 id="declaration">{say('console.declaration.title')}</h2>
      {row.declared && (
        <div class="standing">
          <p><Indicator indicator={row.declared.indicator} /> <q dir="auto">{row.declared.because}</q></p>
          <p class="soft">{say('console.declared_by', { name: doer(row.declared.by) })} <When at={row.declared.at} /></p>
          <Confirm label={say('console.declaration.withdraw')} title={say('console.declaration.withdraw')} does={say('console.declaration.withdraw')} run={withdraw}>
            <p>{say('console.declaration.withdraw_about')}</p>
          </Confirm>
        </div>
      )}
      <details open={false}>
        <summary>{say(row.declared ? 'console.declaration.another' : 'console.declaration.make')}</summary>
        <p class="soft">{say('console.declaration.about')}</p>
        <Form send={declare} submit={say('console.declaration.publish')} class="row" reset>
          {(problem) => (
            <>
              <Field label={say('console.declaration.indicator')} fault={problem?.about('indicator')}>
                {(attributes) => (
                  <select {...attributes} name="indicator">
                    {indicators.map((indicator) => <option key={indicator} value={indicator}>{say(`indicator.${indicator}`)}</option>)}
                  </select>
                )}
              </Field>
              <TextField name="because" label={say('console.declaration.because')} hint={say('console.declaration.because_hint')} required maxLength={500} problem={problem} />
            </>
          )}
        </Form>
      </details>
    </section>
  );
}
