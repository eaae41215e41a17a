import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { say } from '../words/catalogue';
import { Dialog } from './dialog';
import { Form } from './form';

interface Props {
  label: ComponentChildren;
  title: string;
  children: ComponentChildren;
  /** On the button that does it. */
  does: string;
  run: () => Promise<unknown>;
  danger?: boolean;
  class?: string;
  disabled?: boolean;
}

/** A button that asks before it does what cannot be undone by a click. */
export function Confirm({ label, title, children, does, run, danger = false, class: name = '', disabled = false }: Props) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" class={name} disabled={disabled} onClick={() => setOpen(true)}>{label}</button>
      {open && (
        <Dialog title={title} onClose={close}>
          <Form
            submit={does} danger={danger} send={async () => { await run(); close(); }}
            others={<button type="button" onClick={close}>{say('console.cancel')}</button>}
          >
            {() => children}
          </Form>
        </Dialog>
      )}
    </>
  );
}
