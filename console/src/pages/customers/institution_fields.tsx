// What is kept about an institution, as fields of a form: of a new one and of one that is there.
import { useMemo } from 'preact/hooks';
import type { Problem } from '../../api/problem';
import type { Institution } from '../../api/types';
import { Field, TextField } from '../../parts/field';
import { rows } from '../../state/rows';
import { languages, say, type Language } from '../../words/catalogue';
import { zones } from '../../words/zoned';
import { linesOf } from './lines';

/** Out of a form's values. */
export function institutionOf(values: Record<string, string>) {
  const { name, territory, time_zone, language } = values;
  return { name, territory, time_zone, language, aliases: linesOf(values['aliases'] ?? '') };
}

export const territories = () => [...new Set(rows.value.map((row) => row.territory))].sort();

export function LanguageField({ name, value, empty, problem }: { name: string; value: string; empty?: string; problem: Problem | null }) {
  return (
    <Field label={say('console.customers.language')} fault={problem?.about(name)}>
      {(attributes) => (
        <select {...attributes} name={name}>
          {empty !== undefined && <option value="" selected={value === ''}>{empty}</option>}
          {(Object.keys(languages) as Language[]).map((tag) => <option key={tag} value={tag} selected={tag === value}>{languages[tag]}</option>)}
        </select>
      )}
    </Field>
  );
}

export function LinesField({ name, label, hint, value, problem }: { name: string; label: string; hint: string; value: readonly string[]; problem: Problem | null }) {
  return (
    <Field label={label} hint={hint} fault={problem?.about(name)}>
      {(attributes) => <textarea {...attributes} name={name} rows={Math.min(8, Math.max(2, value.length + 1))} dir="auto" defaultValue={value.join('\n')} />}
    </Field>
  );
}

export function InstitutionFields({ institution, problem, focus }: { institution?: Institution; problem: Problem | null; focus: boolean }) {
  const known = useMemo(zones, []);
  return (
    <>
      <TextField name="name" label={say('console.customers.name')} value={institution?.name ?? ''} required problem={problem} maxLength={200} autofocus={focus} />
      <TextField name="territory" label={say('console.customers.territory')} value={institution?.territory ?? ''} required problem={problem} list="territories" />
      <datalist id="territories">{territories().map((id) => <option key={id} value={id} />)}</datalist>
      <TextField name="time_zone" label={say('console.customers.time_zone')} hint={say('console.customers.time_zone_hint')} value={institution?.time_zone ?? ''} required problem={problem} list="zones" />
      <datalist id="zones">{known.map((zone) => <option key={zone} value={zone} />)}</datalist>
      <LanguageField name="language" value={institution?.language ?? 'en'} problem={problem} />
      <LinesField name="aliases" label={say('console.customers.aliases')} hint={say('console.customers.aliases_hint')} value={institution?.aliases ?? []} problem={problem} />
    </>
  );
}
