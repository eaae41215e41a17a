import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Problem } from '../api/problem';

interface Props {
  label: string;
  hint?: string;
  /** What is wrong with it. */
  fault?: string | undefined;
  children: (attributes: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }) => ComponentChildren;
}

/** A label, its control, and beneath it what is wrong. */
export function Field({ label, hint, fault, children }: Props) {
  const id = useId();
  const about = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return (
    <div class={`field ${fault ? 'wrong' : ''}`}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': about, 'aria-invalid': fault ? true : undefined })}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      {fault && <small id={`${id}-fault`} class="fault">{fault}</small>}
    </div>
  );
}

interface TextProps {
  name: string;
  label: string;
  hint?: string;
  type?: string;
  value?: string;
  required?: boolean;
  autocomplete?: string;
  problem?: Problem | null | undefined;
  inputmode?: 'numeric' | 'email' | 'text';
  autofocus?: boolean;
  maxLength?: number;
  pattern?: string;
  /** Id of a datalist. */
  list?: string;
}

export function TextField({ name, label, hint, problem, value, autocomplete, autofocus, ...rest }: TextProps) {
  return (
    <Field label={label} fault={problem?.about(name)} {...(hint ? { hint } : {})}>
      {(attributes) => (
        <input
          {...attributes} {...rest} name={name} defaultValue={value ?? ''} dir="auto" autocomplete={autocomplete ?? 'off'}
          ref={(input) => {
            if (autofocus && input && !input.dataset['focused']) {
              input.dataset['focused'] = 'yes';
              input.focus();
            }
          }}
        />
      )}
    </Field>
  );
}
